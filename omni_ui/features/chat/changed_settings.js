/** The number of settings whose value is another one than at first. first, now: values by the name of the setting. */
export const countChanged = (first, now) => [...now].filter(([name, value]) => first.has(name) && first.get(name) !== value).length;
