/** Four stems played as one: one clock, one gain per stem, so that muting never moves the others. */
const RAMP_S = 0.02;
const TICK_MS = 60;

export class StemMix {
  constructor(song, { onTime, onState }) {
    Object.assign(this, { song, onTime, onState });
    this.state = { isPlaying: false, isLoading: false, problem: "" };
    this.position = 0;
    this.muted = [];
    this.sources = [];
  }

  async toggle() {
    if (this.state.isPlaying) this.pause();
    else await this.play();
  }

  async play() {
    if (this.state.isPlaying || this.state.isLoading) return;
    try {
      await this.load();
    } catch {
      if (this.isClosed) return;
      this.show({ isLoading: false, problem: "This browser could not load the sound. Try again." });
      return;
    }
    if (this.isClosed) return;
    await this.context.resume();
    if (this.isClosed) return;
    this.start(this.position >= this.song.durationSeconds ? 0 : this.position);
  }

  async load() {
    if (this.buffers) return;
    this.show({ isLoading: true, problem: "" });
    this.context ??= new AudioContext();
    const buffers = this.song.stems.map(async (stem) => {
      const answer = await fetch(stem.url);
      if (!answer.ok) throw new Error(`${stem.url}: ${answer.status}`);
      return this.context.decodeAudioData(await answer.arrayBuffer());
    });
    const decoded = await Promise.all(buffers);
    if (this.isClosed) return;
    this.buffers = decoded;
    this.gains = this.song.stems.map((stem) => {
      const gain = this.context.createGain();
      gain.gain.value = this.muted.includes(stem.key) ? 0 : 1;
      gain.connect(this.context.destination);
      return gain;
    });
    this.show({ isLoading: false });
  }

  start(from) {
    this.stopSources();
    const at = this.context.currentTime + 0.02;
    this.startedAt = at - from;
    this.sources = this.buffers.map((buffer, stem) => {
      const source = new AudioBufferSourceNode(this.context, { buffer });
      source.connect(this.gains[stem]);
      source.start(at, from);
      return source;
    });
    this.show({ isPlaying: true });
    this.timer = setInterval(() => this.tick(), TICK_MS);
  }

  tick() {
    this.position = Math.max(0, this.context.currentTime - this.startedAt);
    if (this.position >= this.song.durationSeconds) {
      this.stopSources();
      this.position = 0;
      this.show({ isPlaying: false });
    }
    this.onTime(this.position);
  }

  pause() {
    this.stopSources();
    this.show({ isPlaying: false });
  }

  seek(seconds) {
    this.position = seconds;
    this.onTime(seconds);
    if (this.state.isPlaying) this.start(seconds);
  }

  setMuted(keys) {
    this.muted = keys;
    this.gains?.forEach((gain, at) => {
      const level = keys.includes(this.song.stems[at].key) ? 0 : 1;
      gain.gain.setTargetAtTime(level, this.context.currentTime, RAMP_S);
    });
  }

  stopSources() {
    clearInterval(this.timer);
    for (const source of this.sources) source.stop();
    this.sources = [];
  }

  show(change) {
    this.state = { ...this.state, ...change };
    this.onState(this.state);
  }

  close() {
    this.isClosed = true;
    this.stopSources();
    this.context?.close();
  }
}
