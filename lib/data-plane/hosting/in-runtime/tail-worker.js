/**
 * Platform code in its own isolate beside the tenant's: takes the console events of each invocation as they happen and
 * posts them in batches to the collector of this runtime. Of the request it reads the request id and nothing else, so
 * no authorization or cookie leaves. The `__…__` bounds are filled in by the driver.
 */
const BUFFERED_LINES_MAX = __BUFFERED_LINES_MAX__;
const BUFFERED_CHARACTERS_MAX = __BUFFERED_CHARACTERS_MAX__;
const BATCH_LINES_MAX = __BATCH_LINES_MAX__;
const BATCH_CHARACTERS_MAX = __BATCH_CHARACTERS_MAX__;
const BATCH_DELAY_MS = __BATCH_DELAY_MS__;
const RETRY_DELAY_MS = 50;
const TEXT_CHARACTERS_MAX = __TEXT_CHARACTERS_MAX__;

/** BigInt has no JSON form, and one oversized text must not take the batch with it. */
const portable = (_key, value) => {
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "string" && value.length > TEXT_CHARACTERS_MAX)
    return value.slice(0, TEXT_CHARACTERS_MAX);
  return value;
};

export default {
  tailStream(onset, env, context) {
    const headers = onset.event.info?.headers ?? [];
    const requestId = headers.find((header) => header.name === "x-request-id")?.value ?? null;
    let lines = [];
    let characters = 0;
    let shed = 0;
    let flushing = false;

    const nextBatch = () => {
      let batchCharacters = 0;
      let count = 0;
      while (count < lines.length && count < BATCH_LINES_MAX && batchCharacters < BATCH_CHARACTERS_MAX) {
        batchCharacters += lines[count].length;
        count++;
      }
      characters -= batchCharacters;
      const batch = lines.slice(0, count);
      lines = lines.slice(count);
      return batch;
    };

    const flush = async () => {
      await new Promise((resolve) => setTimeout(resolve, BATCH_DELAY_MS));
      while (lines.length > 0 || shed > 0) {
        const batch = nextBatch();
        const shedNow = shed;
        shed = 0;
        const body = `{"requestId":${JSON.stringify(requestId, portable)},"shed":${shedNow},"lines":[${batch.join(",")}]}`;
        try {
          const response = await env.COLLECTOR.fetch("http://collector/", { method: "POST", body });
          await response.body?.cancel();
          if (!response.ok) {
            shed += shedNow + batch.length;
            await new Promise((resolve) => setTimeout(resolve, RETRY_DELAY_MS));
          }
        } catch {
          // The collector is gone only when the platform is going: stdout still holds the newest lines.
          lines = [];
          characters = 0;
        }
      }
      flushing = false;
    };

    const add = (line) => {
      if (lines.length >= BUFFERED_LINES_MAX || characters >= BUFFERED_CHARACTERS_MAX) shed++;
      else {
        const text = JSON.stringify(line, portable);
        lines.push(text);
        characters += text.length;
      }
      if (flushing) return;
      flushing = true;
      context.waitUntil(flush());
    };

    return {
      log: ({ event, timestamp }) =>
        add({
          kind: "log",
          at: +timestamp,
          level: event.level,
          message: event.message,
          errors: event.errorInfo,
        }),
      exception: ({ event, timestamp }) =>
        add({
          kind: "exception",
          at: +timestamp,
          name: event.name,
          message: event.message,
          stack: event.stack,
        }),
    };
  },
};
