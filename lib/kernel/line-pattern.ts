import { RE2JS, RE2JSException } from "re2js";
import { logStreamLimits } from "./limits/log-stream.ts";

/** A regular expression that a line may match. Its time grows with the length of the line, never faster. */
export interface LinePattern {
  readonly source: string;
  /** True when it is found anywhere in `text`, whatever the case. */
  matches(text: string): boolean;
}

/** Why something cannot be used as a pattern, in words for people. */
export interface PatternProblem {
  readonly problem: string;
}

export const isPatternProblem = (answer: LinePattern | PatternProblem): answer is PatternProblem =>
  "problem" in answer;

const ENGINE_PREFIX = /^error parsing regexp: /;
/** How the engine writes our flags into the pattern that it complains about. */
const ENGINE_FLAGS = "(?s)(?i)";

/** A regular expression in RE2 syntax: without back references and look-around, which no engine runs in linear time. */
export function compileLinePattern(source: string): LinePattern | PatternProblem {
  try {
    const compiled = RE2JS.compile(source, RE2JS.CASE_INSENSITIVE | RE2JS.DOTALL);
    if (compiled.programSize() > logStreamLimits.patternInstructionsMax) {
      return { problem: "This regular expression is too large. Use smaller repetitions." };
    }
    return { source, matches: (text) => compiled.test(text) };
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    return {
      problem: `This is no regular expression: ${error.message.replace(ENGINE_PREFIX, "").replace(ENGINE_FLAGS, "")}.`,
    };
  }
}
