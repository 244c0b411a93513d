import { describe, expect, it } from "vitest";
import { formatBytes, formatCount, formatCounted, formatDuration, formatPercent } from "./numbers.ts";

const plain = (text: string) => text.replaceAll("\u202f", " ");

describe("numbers", () => {
  it("groups thousands and counts nouns", () => {
    expect(formatCount(12_481)).toBe("12,481");
    expect(formatCounted(1, "server")).toBe("1 server");
    expect(formatCounted(0, "reply", "replies")).toBe("0 replies");
  });

  it("never rounds a failure away, and never claims a rate nobody knows", () => {
    expect(plain(formatPercent(0.0312))).toBe("3.1 %");
    expect(plain(formatPercent(0.00001))).toBe("<0.1 %");
    expect(plain(formatPercent(0.99999))).toBe(">99.9 %");
    expect(plain(formatPercent(0))).toBe("0 %");
    expect(plain(formatPercent(1))).toBe("100 %");
    expect(formatPercent(null)).toBe("–");
  });

  it("picks the unit in which a duration is read, without jumping over one", () => {
    const cases: [number, string][] = [
      [0, "0 ms"],
      [0.42, "0.42 ms"],
      [4.25, "4.3 ms"],
      [212.4, "212 ms"],
      [999.6, "1 s"],
      [1_840, "1.8 s"],
      [59_960, "1 min"],
      [252_000, "4 min 12 s"],
      [11_100_000, "3 h 5 min"],
      [187_200_000, "2 d 4 h"],
    ];
    for (const [ms, text] of cases) expect(plain(formatDuration(ms))).toBe(text);
    expect(formatDuration(null)).toBe("–");
  });

  it("prints bytes in binary units", () => {
    expect(plain(formatBytes(812))).toBe("812 B");
    expect(plain(formatBytes(12_700))).toBe("12.4 KiB");
    expect(plain(formatBytes(1_048_575))).toBe("1 MiB");
    expect(plain(formatBytes(5 * 1024 * 1024))).toBe("5 MiB");
  });
});
