/** The number of settings whose value is another one than at first. first, now: values by the name of the setting. */
export const countChanged = (first, now) => [...now].filter(([name, value]) => first.has(name) && first.get(name) !== value).length;

const LOOKS = 2; // Gradio draws a value a moment after it was filled in
const looks = {};
/** What the app filled in because the model wants it (features/model_defaults) is where a setting begins, and no change. */
export const takeRecommended = (first, now, isRecommended) => {
  for (const [name, value] of now) {
    if (!isRecommended(name) || looks[name] >= LOOKS) continue;
    looks[name] = (looks[name] || 0) + 1;
    first.set(name, value);
  }
};
