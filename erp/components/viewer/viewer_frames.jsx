// Frames from the server as plain samples: it decodes every transfer syntax, so no codec runs here.
import { cache, imageLoader, metaData, utilities } from "@cornerstonejs/core";
import { takeFrame } from "./viewer_asked.js";
import { ownWindow, partsOf, steadied } from "./viewer_greys.js";
import { placesOf } from "./viewer_panes.js";

const SCHEME = "vantage";
const known = new Map(); // image id -> {url, instance, frame, series, description}
const kept = new Map(); // series -> the window of its first frame
const SHARED_PLANE = "vantage";
let viewers = 0;

export class FrameError extends Error {
  constructor(message, canRetry) {
    super(message);
    this.canRetry = canRetry;
  }
}

// Returns the image ids of a stack, one per frame, in order; panes that show the same stack share them.
export function registerStack(base, stack) {
  return placesOf(stack).map(({ instance, frame }) => {
    const id = `${SCHEME}:${instance.id}/${frame}`;
    known.set(id, { url: `${base}/instances/${instance.id}/frames/${frame}`, instance, frame, series: stack.id, modality: stack.modality, description: known.get(id)?.description });
    return id;
  });
}

// A viewer is on the page; when the last one leaves, so do its pixels.
export function enterFrames() {
  viewers += 1;
  return () => {
    viewers -= 1;
    if (viewers > 0) return;
    known.clear();
    kept.clear();
    cache.purgeCache();
  };
}

export const frameOf = (id) => known.get(id);

// The values of a frame that is loaded, for figures; nothing for colour or where it is not.
export function valuesOf(id) {
  const image = cache.getImage(id), entry = known.get(id);
  if (!image || !entry?.description || entry.description.samples === 3) return null;
  return { values: image.getPixelData(), columns: image.columns, rows: image.rows, unit: entry.description.unit };
}

export function installFrames() {
  imageLoader.registerImageLoader(SCHEME, (id) => {
    const stop = new AbortController();
    return { promise: loadFrame(id, stop.signal), cancelFn: () => stop.abort() };
  });
  metaData.addProvider(provide, 10_000);
}

async function loadFrame(id, signal) {
  const entry = known.get(id);
  if (!entry) throw new FrameError("This frame is not part of the study any more.", false);
  let answer;
  try {
    answer = await (takeFrame(entry.url) ?? fetch(entry.url, { signal, credentials: "same-origin" }));
  } catch (error) {
    throw new FrameError(error.name === "AbortError" ? "Loading was stopped." : "The server cannot be reached.", true);
  }
  if (!answer.ok) throw await refusal(answer);
  const description = JSON.parse(answer.headers.get("pixel-description") ?? "null");
  if (!description) throw new FrameError("The server sent a frame without its description.", true);
  entry.description = steadied(description, entry.series, kept);
  return toImage(id, entry, await answer.arrayBuffer());
}

async function refusal(answer) {
  const problem = await answer.json().catch(() => ({}));
  const text = problem.detail || { 401: "Please sign in again.", 403: "You may not open this image.", 404: "This image is not there." }[answer.status];
  return new FrameError(text || "The image could not be loaded.", answer.status >= 500 || answer.status === 429);
}

const KINDS = { unsigned8: Uint8Array, unsigned16: Uint16Array, unsigned32: Uint32Array, signed8: Int8Array, signed16: Int16Array, signed32: Int32Array, float32: Float32Array, float64: Float64Array };

// Rescaled values in the smallest type the renderer takes without loss.
function rescaled(buffer, description) {
  const stored = new KINDS[description.sample_kind + description.bits_allocated](buffer);
  if (description.samples === 3) return stored;
  const { slope, intercept } = description.rescale ?? { slope: 1, intercept: 0 };
  const ends = [description.minimum * slope + intercept, description.maximum * slope + intercept].sort((a, b) => a - b);
  const isWhole = !(stored instanceof Float32Array || stored instanceof Float64Array) && Number.isInteger(slope) && Number.isInteger(intercept);
  if (isWhole && slope === 1 && intercept === 0 && (stored instanceof Uint8Array || stored instanceof Uint16Array || stored instanceof Int16Array)) return stored;
  const Kind = !isWhole ? Float32Array : ends[0] >= 0 && ends[1] <= 65535 ? Uint16Array : ends[0] >= -32768 && ends[1] <= 32767 ? Int16Array : Float32Array;
  const values = new Kind(stored.length);
  for (let i = 0; i < stored.length; i += 1) values[i] = stored[i] * slope + intercept;
  return values;
}

function toImage(id, entry, buffer) {
  const said = entry.description;
  const { rows, columns, samples } = said, parts = partsOf(buffer, said);
  const values = rescaled(parts.samples, said);
  const { slope, intercept } = said.rescale ?? { slope: 1, intercept: 0 };
  const ends = [said.minimum * slope + intercept, said.maximum * slope + intercept].sort((a, b) => a - b);
  const window = ownWindow(said) ?? { center: 127.5, width: 255 };
  const voxelManager = utilities.VoxelManager.createImageVoxelManager({ width: columns, height: rows, numberOfComponents: samples, scalarData: values, id });
  const [rowSpacing, columnSpacing] = entry.instance.spacing_mm ?? [1, 1];
  return {
    imageId: id, table: parts.table, overlay: parts.overlay, rows, columns, height: rows, width: columns, slope: 1, intercept: 0, isPreScaled: true,
    preScale: { enabled: true, scaled: true, scalingParameters: { rescaleSlope: slope, rescaleIntercept: intercept } },
    windowCenter: samples === 3 ? 127.5 : window.center, windowWidth: samples === 3 ? 255 : window.width, voiLUTFunction: "LINEAR",
    minPixelValue: samples === 3 ? 0 : ends[0], maxPixelValue: samples === 3 ? 255 : ends[1],
    color: samples === 3, rgba: false, numberOfComponents: samples, dataType: values.constructor.name,
    invert: said.photometric === "MONOCHROME1", photometricInterpretation: said.photometric,
    rowPixelSpacing: rowSpacing, columnPixelSpacing: columnSpacing, sizeInBytes: values.byteLength,
    getPixelData: () => voxelManager.getScalarData(), getCanvas: undefined, voxelManager, FrameOfReferenceUID: SHARED_PLANE,
  };
}

// Without a spacing that was sent, lengths are in pixels: `usingDefaultValues` says so to the tools.
function provide(type, id) {
  const entry = typeof id === "string" ? known.get(id) : undefined;
  if (!entry) return undefined;
  const { instance, description } = entry;
  const rows = description?.rows ?? instance.rows, columns = description?.columns ?? instance.columns;
  const [rowPixelSpacing, columnPixelSpacing] = instance.spacing_mm ?? [1, 1];
  const isColor = description?.samples === 3;
  switch (type) {
    case "imagePlaneModule":
      return {
        rows, columns, rowPixelSpacing, columnPixelSpacing, pixelSpacing: [rowPixelSpacing, columnPixelSpacing], usingDefaultValues: !instance.spacing_mm,
        imagePositionPatient: [0, 0, 0], imageOrientationPatient: [1, 0, 0, 0, 1, 0], rowCosines: [1, 0, 0], columnCosines: [0, 1, 0], frameOfReferenceUID: SHARED_PLANE,
      };
    case "imagePixelModule":
      return {
        rows, columns, samplesPerPixel: isColor ? 3 : 1, photometricInterpretation: description?.photometric ?? "MONOCHROME2",
        bitsAllocated: isColor ? 8 : 16, bitsStored: isColor ? 8 : 16, highBit: isColor ? 7 : 15, pixelRepresentation: isColor ? 0 : 1, planarConfiguration: 0,
      };
    case "generalSeriesModule":
      return { modality: entry.modality ?? "OT", seriesInstanceUID: instance.id };
    case "voiLutModule": {
      const windows = description?.windows ?? [];
      return { windowCenter: windows.map((w) => w.center), windowWidth: windows.map((w) => w.width), voiLUTFunction: "LINEAR" };
    }
    case "modalityLutModule":
      return { rescaleSlope: 1, rescaleIntercept: 0 };
    default:
      return undefined;
  }
}
