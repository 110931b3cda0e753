// Records of the history that are compared: what they have in common, their files, how their settings differ.
import { askApp, askForJson } from "../../core/js/ask_app.js";

const KINDS = ["image", "video", "audio", "text"];

export const filesOf = (record, kind) => record.files.filter((file) => file.role === "result" && file.kind.split("/")[0] === kind);
const has = (record, kind) => (kind === "text" ? Boolean(record.text) : filesOf(record, kind).length > 0);
/** What all these records are; "" when they have nothing in common. */
export const commonKind = (records) => KINDS.find((kind) => records.every((record) => has(record, kind))) || "";

/** The record's file number `number` of a kind, with its text: {name, text, blob, url}. Throws a sentence if it is gone. */
export const load = async (record, kind, called, number = 0) => {
  const side = { name: called, text: record.text };
  if (kind === "text") return side;
  const file = filesOf(record, kind)[number];
  const answer = file.here ? await askApp(`/omni/history/${record.id}/${file.place}`) : null;
  if (!answer?.ok) throw new Error(`The file of ${called} is no longer available, so there is nothing to compare.`);
  const blob = await answer.blob();
  return { ...side, blob, url: URL.createObjectURL(blob) };
};
export const record = (id) => askForJson(`/omni/history/${id}`);
export const difference = async (first, second) => (await askForJson(`/omni/history/${first.id}/against/${second.id}`)).difference;
export const same = async (sides) => {
  if (!sides[0].blob) return sides[0].text === sides[1].text;
  if (sides[0].blob.size !== sides[1].blob.size) return false;
  const [left, right] = (await Promise.all(sides.map((side) => side.blob.arrayBuffer()))).map((bytes) => new Uint8Array(bytes));
  return left.every((value, at) => value === right[at]);
};
