// A call's document (omni_ui/features/talk/recording.py) as what a timeline shows. Times in milliseconds.

/** Stretches of sound of both sides: { who, from, to, cut }. cut: somebody spoke into the answer. */
export const stretches = (call) => {
  const spoken = call.captions.filter((line) => line.speaker === "you" && line.end_ms > line.at_ms)
    .map((line) => ({ who: "you", from: line.at_ms, to: line.end_ms, cut: false }));
  const answers = call.turns.filter((turn) => turn.first_audio_ms !== null).map((turn) => {
    const cut = turn.status === "interrupted";
    const length = cut && turn.heard_ms !== null ? turn.heard_ms : turn.audio_ms;
    return { who: "model", from: turn.first_audio_ms, to: Math.min(call.duration_ms, turn.first_audio_ms + length), cut };
  });
  return [...spoken, ...answers].sort((left, right) => left.from - right.from);
};

/** The captions with words, each with the time at which it is over: when the same side goes on, or its own end. */
export const lines = (call) => {
  const captions = call.captions.filter((line) => line.text.trim());
  return captions.map((line, i) => {
    const next = captions.slice(i + 1).find((later) => later.speaker === line.speaker);
    return { ...line, to: Math.max(line.at_ms, Math.min(line.end_ms, next?.at_ms ?? line.end_ms)) };
  });
};

/** The places of the captions that are heard at a time. */
export const litAt = (captions, ms) => captions.flatMap((line, i) => (ms >= line.at_ms && ms < Math.max(line.to, line.at_ms + 500) ? [i] : []));

/** Questions with their answers, in the order of the answers: { answer, status, server, page }. */
export const rounds = (call) => call.turns.map((turn) => ({
  answer: call.captions.filter((line) => line.speaker === "model" && line.turn === turn.turn).map((line) => line.text).join("").trim(),
  status: turn.status,
  server: turn.server_ms,
  page: turn.page_ms,
}));

/** 75000 as "1:15". */
export const clock = (ms) => `${Math.floor(ms / 60000)}:${String(Math.floor(ms / 1000) % 60).padStart(2, "0")}`;
