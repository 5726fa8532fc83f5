/**
 * A line that runs with the music. While it plays, an animation of the compositor moves it: smooth however busy the page
 * is, and without a frame of ours for every pixel. The engine's clock stays right: a line that strays is set again.
 */
import { SAMPLE_RATE } from "./mix.js";

const STRAY_SAMPLES = 0.02 * SAMPLE_RATE; // the audio clock itself moves in steps of some milliseconds
const RUN_S = 60;

export class RunningLine {
  #animation = null;

  /** Show the position: `offset` pixels right of the element's own place plus what the zoom makes of the samples. */
  show(element, { position, isPlaying, samplesPerPixel, offset }) {
    const now = performance.now();
    const zoom = `${samplesPerPixel} ${offset} ${isPlaying}`;
    const passed = ((now - this.startedAt) / 1000) * SAMPLE_RATE;
    const isRight = zoom === this.zoom && Math.abs(this.from + passed * isPlaying - position) < (isPlaying ? STRAY_SAMPLES : 0.5);
    if (isRight && passed < RUN_S * SAMPLE_RATE) return;
    Object.assign(this, { zoom, from: position, startedAt: now });
    this.stop();
    const place = (sample) => `translateX(${offset + sample / samplesPerPixel}px)`;
    element.style.transform = place(position);
    if (!isPlaying) return;
    const steps = [{ transform: place(position) }, { transform: place(position + RUN_S * SAMPLE_RATE) }];
    this.#animation = element.animate(steps, { duration: RUN_S * 1000 });
  }

  stop() {
    this.#animation?.cancel();
    this.#animation = null;
  }
}
