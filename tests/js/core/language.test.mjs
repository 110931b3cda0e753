import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { formatTime, isTranslated, learn, sourceOf, translate } from "../../../omni_ui/core/js/language.js";
import { chooseLanguage, matchLanguage } from "../../../omni_ui/features/i18n/choose_language.js";

const TEXTS = {
  Stop: "停止", Seed: "种子", "Inference steps": "推理步数", "Nothing was changed.": "没有任何更改。",
  "Your results take {1}.": "你的结果占用 {1}。", "Part {1} of {2}": "{2} 之 {1}", "is empty: choose another file": "为空：请选择另一个文件",
  "{1} must be at most {2}.": "{1} 最多为 {2}。",
};
beforeEach(() => learn("zh-CN", TEXTS));

test("a known text is translated", () => assert.equal(translate("Stop"), "停止"));
test("an unknown text stays", () => assert.equal(translate("A red fox"), "A red fox"));
test("what changes in a text is kept", () => assert.equal(translate("Your results take 3.2 MB."), "你的结果占用 3.2 MB。"));
test("gaps may change their order", () => assert.equal(translate("Part 3 of 7"), "7 之 3"));
test("a title in a gap is translated too", () => assert.equal(translate("Inference steps must be at most 50."), "推理步数 最多为 50。"));
test("sentences are translated one by one", () => assert.equal(translate("Your results take 1 kB. Nothing was changed."), "你的结果占用 1 kB。没有任何更改。"));
test("a list of titles with numbers is translated", () => assert.equal(translate("Inference steps 7, Seed 3"), "推理步数 7, 种子 3"));
test("what is said about a field stands after its name", () => assert.equal(translate("photo.png is empty: choose another file."), "photo.png为空：请选择另一个文件。"));
test("a shown text leads back to the English one", () => {
  translate("Stop");
  assert.equal(sourceOf("停止"), "Stop");
  assert.equal(sourceOf("别的"), null);
});
test("very long texts are left alone", () => assert.equal(translate("Stop ".repeat(400)), "Stop ".repeat(400)));
test("English translates nothing", () => {
  learn("en", {});
  assert.equal(translate("Stop"), "Stop");
  assert.equal(isTranslated(), false);
});
test("signs of regular expressions in a text are only signs", () => {
  learn("zh-CN", { "Is it {1}? (yes/no)": "是 {1} 吗？" });
  assert.equal(translate("Is it late? (yes/no)"), "是 late 吗？");
});
test("a time is written as the language writes it", () => assert.match(formatTime(0), /1970|1969/));

const CODES = ["en", "zh-CN"];
for (const [wanted, code] of [["zh-CN", "zh-CN"], ["zh", "zh-CN"], ["zh-TW", "zh-CN"], ["en-GB", "en"], ["fr", undefined], [undefined, undefined]]) {
  test(`the language for ${wanted} is ${code}`, () => assert.equal(matchLanguage(CODES, wanted), code));
}
test("an earlier choice counts more than the browser's languages", () => assert.equal(chooseLanguage(CODES, "en", ["zh-CN"]), "en"));
test("without a choice the first language that is there counts", () => assert.equal(chooseLanguage(CODES, null, ["fr", "zh", "en"]), "zh-CN"));
test("a choice that is no longer there is passed over", () => assert.equal(chooseLanguage(CODES, "de", ["zh"]), "zh-CN"));
test("English is what remains", () => assert.equal(chooseLanguage(CODES, null, ["fr"]), "en"));
