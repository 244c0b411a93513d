import type { BrowserContext } from "@playwright/test";

/** What waited this long gets through, so that a page that never becomes interactive is seen as such. */
const HELD_MS_MAX = 20_000;

/**
 * A page is painted before it is interactive, and a test is faster than any person. From now on what is clicked or
 * typed into a control that React does not know yet waits until it does; a plain link needs no waiting.
 */
export const holdEarlyInput = (context: BrowserContext): Promise<unknown> =>
  context.addInitScript(holdUntilHydrated, HELD_MS_MAX);

/** Runs in the page before its own scripts, and sees every event before React. */
function holdUntilHydrated(heldMsMax: number): void {
  const STEPS = ["pointerdown", "mousedown", "pointerup", "mouseup", "click", "input", "change", "submit"];
  /** By themselves the others do nothing that would have to wait. */
  const HAVE_EFFECT = ["click", "submit"];
  const CONTROLS = "a[href], button, form, input, label, select, summary, textarea, [role]";
  const FIELDS = "input:not([type=file]), select, textarea";
  type Field = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;
  /** What is used of React's own record of an element. */
  interface Fiber {
    flags: number;
    alternate: Fiber | null;
    return: Fiber | null;
  }
  const PLACEMENT = 2;
  const HYDRATING = 4096;
  interface Held {
    event: Event;
    target: Element;
    control: Element;
    /** What was typed or chosen; null where it is not the field that changed, or files. */
    typed: string | null;
  }
  const held: Held[] = [];
  const released = new WeakSet<Event>();

  /** React marks an element when it begins with it; it is done when nothing around it waits to be put in place. */
  const isHydrated = (control: Element): boolean => {
    if (control.matches("a[href]")) return true;
    const key = Object.keys(control).find((name) => name.startsWith("__reactFiber$"));
    let fiber = key ? (control as unknown as Record<string, Fiber>)[key] : null;
    if (!fiber || fiber.alternate) return !!fiber;
    for (; fiber; fiber = fiber.return) if (fiber.flags & (PLACEMENT | HYDRATING)) return false;
    return true;
  };

  /** React has taken the value that it found for its own, and would see no change. */
  const setAsTyped = (field: Field, value: string): void => {
    const native = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), "value");
    field.value = "";
    native?.set?.call(field, value);
  };

  const release = (): void => {
    for (let first = held[0]; first; first = held[0]) {
      const { event, target, control, typed } = first;
      const isLate = performance.now() - event.timeStamp > heldMsMax;
      if (control.isConnected && !isHydrated(control) && !isLate) {
        requestAnimationFrame(release);
        return;
      }
      held.shift();
      if (typed !== null) setAsTyped(target as Field, typed);
      const again = new (event.constructor as typeof Event)(event.type, event);
      released.add(again);
      target.dispatchEvent(again);
    }
  };

  const hold = (event: Event): void => {
    const { target, type } = event;
    if (!(target instanceof Element) || released.has(event)) return;
    const control = target.closest(CONTROLS);
    if (!control || (held.length === 0 && isHydrated(control))) return;
    event.stopImmediatePropagation();
    if (HAVE_EFFECT.includes(type)) event.preventDefault();
    const isTyped = (type === "input" || type === "change") && target.matches(FIELDS);
    const typed = isTyped ? (target as Field).value : null;
    if (held.push({ event, target, control, typed }) === 1) requestAnimationFrame(release);
  };
  for (const step of STEPS) document.addEventListener(step, hold, { capture: true });
}
