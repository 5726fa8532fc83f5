/**
 * Live playback of a mix manifest: play, pause, seek, parameter changes without clicks, meters.
 * No React and no network: it is given manifests and takes, whose pieces may be decoded while it plays.
 */
import { connectTrack, feedTrack, masterBus } from "./graph.js";
import { clamp, heardIds, linearGain, SAMPLE_RATE } from "./mix.js";

const LOOK_AHEAD_S = 0.04; // time to build the graph before its first sample sounds
const RELEASE_S = 0.008; // fade of a stopping run, against clicks
const GLIDE_S = 0.004; // time constant of fader moves on the live path
const METER_SIZE = 2048; // 43 ms: no peak falls between two readings at 30 Hz
const FEED_EVERY_MS = 400;
const FEED_AHEAD_S = 12; // longer than a piece and than the timers of a hidden tab pause

export class Engine {
  /** `onMove()` hears of every seek and, while playing, every 0.4 s. */
  constructor({ onState, onMove }) {
    this.onState = onState;
    this.onMove = onMove;
    this.context = null;
    this.manifest = { tracks: [], lengthSamples: 0, masterGainDb: 0 };
    this.takes = new Map(); // track id -> Take
    this.run = null;
    this.cuedSample = 0;
    this.scratch = new Float32Array(METER_SIZE);
  }

  get isPlaying() {
    return this.run !== null;
  }

  get lengthSamples() {
    return this.manifest.lengthSamples;
  }

  /** Song position in samples: what is heard now, not what is being computed. */
  get position() {
    if (!this.run) return this.cuedSample;
    const latency = this.context.outputLatency || 0;
    const frame = (this.context.currentTime - latency) * SAMPLE_RATE;
    return clamp(frame - this.run.startFrame + this.run.fromSample, this.run.fromSample, this.lengthSamples);
  }

  /** Must be called from a user gesture: browsers start a context only then. */
  async unlock() {
    this.context ??= new AudioContext({ sampleRate: SAMPLE_RATE, latencyHint: "interactive" });
    if (this.context.state !== "running") await this.context.resume();
  }

  async play() {
    if (this.run || !this.lengthSamples) return;
    await this.unlock();
    if (this.run) return;
    if (this.cuedSample >= this.lengthSamples) this.cuedSample = 0;
    this.#start(this.cuedSample);
    this.onState("playing");
  }

  pause() {
    if (!this.run) return;
    this.cuedSample = this.position;
    this.#release();
    this.onState("stopped");
  }

  seek(sample) {
    const target = Math.round(clamp(sample, 0, this.lengthSamples));
    this.cuedSample = target;
    if (this.run) {
      this.#release();
      if (target >= this.lengthSamples) this.onState("stopped");
      else this.#start(target);
    }
    this.onMove();
  }

  /** Follow a changed manifest: faders glide, moved or newly decoded tracks are rebuilt at the next frame. */
  update(manifest, takes) {
    const before = this.manifest;
    this.manifest = manifest;
    this.takes = takes;
    if (!this.run) {
      this.cuedSample = Math.min(this.cuedSample, manifest.lengthSamples);
      return;
    }
    if (before.lengthSamples !== manifest.lengthSamples) this.#markEnd();
    if (this.run) this.#follow();
  }

  /** Schedule what has been decoded meanwhile. */
  feed() {
    if (!this.run) return;
    const now = this.context.currentTime;
    const fromFrame = Math.ceil((now + LOOK_AHEAD_S) * SAMPLE_RATE);
    const untilFrame = fromFrame + FEED_AHEAD_S * SAMPLE_RATE;
    for (const voice of this.run.voices.values()) feedTrack(this.context, voice, voice.take, { fromFrame, untilFrame });
  }

  /** Recent peak of a track after its fader, linear. Asked for one by one: reading a meter nobody sees costs as well. */
  trackLevel(id) {
    return this.#peak(this.run?.voices.get(id)?.meter);
  }

  /** Recent peak of the mix, linear; `channel` is 0 for left, 1 for right. */
  masterLevel(channel) {
    return this.#peak(this.run?.meters[channel]);
  }

  dispose() {
    if (this.run) this.#release();
    this.context?.close();
    this.context = null;
  }

  #peak(analyser) {
    if (!analyser) return 0;
    analyser.getFloatTimeDomainData(this.scratch);
    let peak = 0;
    for (const value of this.scratch) peak = Math.max(peak, Math.abs(value));
    return peak;
  }

  #start(fromSample) {
    const { context } = this;
    const startFrame = Math.ceil((context.currentTime + LOOK_AHEAD_S) * SAMPLE_RATE);
    const bus = masterBus(context, this.manifest.masterGainDb);
    const gate = new GainNode(context);
    const splitter = new ChannelSplitterNode(context, { numberOfOutputs: 2 });
    const meters = [0, 1].map((channel) => {
      const meter = new AnalyserNode(context, { fftSize: METER_SIZE });
      splitter.connect(meter, channel);
      return meter;
    });
    bus.connect(gate).connect(context.destination);
    gate.connect(splitter);
    this.run = { bus, gate, meters, startFrame, fromSample: Math.round(fromSample), voices: new Map(), end: null };
    this.run.timer = setInterval(() => {
      this.feed();
      this.onMove();
    }, FEED_EVERY_MS);
    this.#follow();
    this.#markEnd();
  }

  #follow() {
    const { bus, voices } = this.run;
    const now = this.context.currentTime;
    const heard = heardIds(this.manifest.tracks);
    const ids = new Set(this.manifest.tracks.map((track) => track.id));
    for (const [id, voice] of voices) if (!ids.has(id)) this.#drop(id, voice);
    for (const track of this.manifest.tracks) {
      const take = this.takes.get(track.id);
      const voice = voices.get(track.id);
      const key = JSON.stringify(track.clips);
      if (voice && voice.key === key && voice.take === take) {
        const { pan } = track;
        const level = heard.has(track.id) ? linearGain(track.gainDb) : 0;
        if (voice.level !== level) glide(voice.gain.gain, level, now);
        if (voice.pan !== pan) glide(voice.panner.pan, pan, now);
        Object.assign(voice, { level, pan });
        continue;
      }
      if (voice) this.#drop(track.id, voice);
      if (take) this.#add(track, take, { key, isHeard: heard.has(track.id) });
    }
    glide(bus.gain, linearGain(this.manifest.masterGainDb), now);
    this.feed();
  }

  #add(track, take, { key, isHeard }) {
    const { run, context } = this;
    const earliest = Math.ceil((context.currentTime + LOOK_AHEAD_S) * SAMPLE_RATE);
    const startFrame = Math.max(run.startFrame, earliest);
    const fromSample = run.fromSample + startFrame - run.startFrame;
    const nodes = connectTrack(context, track, take, run.bus, { isHeard, fromSample, startFrame });
    const meter = new AnalyserNode(context, { fftSize: METER_SIZE });
    nodes.panner.connect(meter);
    run.voices.set(track.id, { ...nodes, meter, take, key });
  }

  #drop(id, voice) {
    this.run.voices.delete(id);
    const end = this.context.currentTime + RELEASE_S;
    glide(voice.gain.gain, 0, this.context.currentTime, RELEASE_S / 5);
    retire([...voice.sources], [voice.gain, voice.panner, voice.meter], end);
  }

  /** A silent source that ends with the song: its event comes on time even in a background tab. */
  #markEnd() {
    const { run, context } = this;
    if (run.end) {
      run.end.onended = null;
      run.end.stop();
      run.end.disconnect();
    }
    const endFrame = run.startFrame + this.lengthSamples - run.fromSample;
    run.end = new ConstantSourceNode(context, { offset: 0 });
    run.end.connect(run.bus);
    run.end.onended = () => this.#finish(run);
    run.end.start();
    run.endTime = Math.max(context.currentTime, endFrame / SAMPLE_RATE);
    run.end.stop(run.endTime);
  }

  #finish(run) {
    if (this.run !== run) return;
    // A source that ends with a block of 128 samples says so before that block is heard: nothing may fade before the end.
    this.#release(Math.max(this.context.currentTime, run.endTime));
    this.cuedSample = this.lengthSamples;
    this.onState("stopped");
  }

  #release(now = this.context.currentTime) {
    const { run } = this;
    this.run = null;
    clearInterval(run.timer);
    run.end.onended = null;
    run.gate.gain.setValueAtTime(1, now);
    run.gate.gain.linearRampToValueAtTime(0, now + RELEASE_S);
    const nodes = [run.bus, run.gate, ...run.meters];
    for (const voice of run.voices.values()) nodes.push(voice.gain, voice.panner, voice.meter);
    const sources = [...run.voices.values()].flatMap((voice) => [...voice.sources]);
    retire([...sources, run.end], nodes, now + RELEASE_S);
  }
}

function glide(param, value, now, timeConstant = GLIDE_S) {
  param.setTargetAtTime(value, now, timeConstant);
}

/** Stop sources at `time` and take the nodes apart once the last of them has ended. */
function retire(sources, nodes, time) {
  let left = sources.length;
  const disconnect = () => nodes.forEach((node) => node.disconnect());
  if (!left) disconnect();
  for (const source of sources) {
    source.onended = () => {
      source.disconnect();
      left -= 1;
      if (!left) disconnect();
    };
    source.stop(time);
  }
}
