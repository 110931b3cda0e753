import assert from "node:assert/strict";
import { test } from "node:test";
import { formatAge, formatBytes, formatHertz, formatMinutes, formatSpan, formatTenths } from "../../../omni_ui/core/js/format.js";

const table = (name, format, cases) => {
  for (const [value, text] of cases) test(`${name}: ${value} is "${text}"`, () => assert.equal(format(value), text));
};

const at = (hour, minute = 0) => (seconds) => formatAge(seconds, new Date(2026, 10, 30, hour, minute).getTime());
table("age", at(12), [[0, "just now"], [89, "just now"], [90, "2 min ago"], [3600, "60 min ago"], [5400, "2 h ago"], [86400, "yesterday"], [172800, "2 days ago"]]);
table("age at noon", at(12), [[43200, "12 h ago"], [43260, "yesterday"], [129600, "yesterday"], [129660, "2 days ago"]]);
table("age late in the evening", at(23), [[82800, "23 h ago"], [86400, "yesterday"], [169200, "yesterday"]]);
table("age early in the morning", at(1), [[7200, "2 h ago"], [50400, "yesterday"], [93600, "26 h ago"]]);
table("span", formatSpan, [[0, "less than a minute"], [60, "1 min"], [7200, "2 h"], [172800, "2 days"]]);
table("size", formatBytes, [[0, "0 kB"], [1500, "2 kB"], [999_499, "999 kB"], [1_500_000, "1.5 MB"], [12_000_000, "12 MB"], [2_340_000_000, "2.3 GB"]]);
table("position in seconds", formatMinutes, [[0, "0:00"], [0.96, "0:01"], [59.94, "0:59"], [59.96, "1:00"], [65.3, "1:05"], [600, "10:00"]]);
table("position in tenths", formatTenths, [[0, "0:00.0"], [9.94, "0:09.9"], [59.97, "1:00.0"], [65.3, "1:05.3"]]);
table("frequency", formatHertz, [[40, "40 Hz"], [1000, "1 kHz"], [11025, "11 kHz"], [22050, "22.1 kHz"]]);
