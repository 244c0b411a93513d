import { createInterface } from "node:readline";
import { answerTo } from "../http-parts/answers.ts";

/** The upstream of peers that stand before programs, not before URLs: the same answers over standard output. */
createInterface({ input: process.stdin }).on("line", (line) => {
  const answer = answerTo(line);
  if (answer !== null) process.stdout.write(`${answer}\n`);
});
process.stdin.on("end", () => process.exit(0));
