/** What the keys of the viewer do, in the order the help shows them. */
export const VIEWER_KEYS = [
  { keys: ["End"], does: "Show the newest lines and follow" },
  { keys: ["Space"], does: "Pause or follow" },
  { keys: ["Home"], does: "Oldest line" },
  { keys: ["j", "k"], does: "Next, previous line" },
  { keys: ["e", "E"], does: "Next, previous error" },
  { keys: ["PgUp", "PgDn"], does: "Twenty lines up, down" },
  { keys: ["Enter"], does: "Open or close the line" },
  { keys: ["x", "→", "←"], does: "Open or close what is folded under it" },
  { keys: ["p", "P"], does: "Pin or unpin the line; next pinned line" },
  { keys: ["c"], does: "Copy the line, or the selected lines" },
  { keys: ["y"], does: "Copy a link to the line" },
  { keys: ["v"], does: "Show the line among all others, without the filter" },
  { keys: ["J", "K"], does: "Select down, up (also Shift and arrows)" },
  { keys: ["⌘ A", "Ctrl A"], does: "Select all lines" },
  { keys: ["w"], does: "Wrap long lines" },
  { keys: ["f"], does: "Fold stack traces" },
  { keys: ["r"], does: "Collapse repeated lines" },
  { keys: ["/"], does: "Filter" },
  { keys: ["⌘ F", "Ctrl F"], does: "Find; Enter and Shift Enter go on" },
  { keys: ["⌘ C", "Ctrl C"], does: "Copy selected lines (click times, Shift for a range)" },
  { keys: ["Esc"], does: "Close find, then details, then the selection" },
  { keys: ["?"], does: "This help" },
] as const;

export interface ViewerActions {
  follow(): void;
  togglePause(): void;
  toTop(): void;
  move(step: number): void;
  moveToError(direction: 1 | -1): void;
  openActive(): void;
  /** Null: the other of the two. False when the row has nothing folded. */
  foldActive(isOpen: boolean | null): boolean;
  pinActive(): void;
  nextPin(): void;
  copy(): void;
  copyLink(): void;
  showInContext(): void;
  extendSelection(step: 1 | -1): void;
  toggleFolding(): void;
  toggleRepeats(): void;
  toggleWrap(): void;
  focusFilter(): void;
  openFind(): void;
  selectAll(): void;
  /** False when there was nothing to end. */
  escape(): boolean;
  help(): void;
}

interface KeyPress {
  readonly key: string;
  readonly metaKey: boolean;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

const PAGE_ROWS = 20;

/** Does what a key means in the list of lines. False when it means nothing there. */
export function pressKey(press: KeyPress, actions: ViewerActions): boolean {
  if (press.altKey) return false;
  if (press.metaKey || press.ctrlKey) {
    if (press.key.toLowerCase() === "f") actions.openFind();
    else if (press.key.toLowerCase() === "a") actions.selectAll();
    else return false;
    return true;
  }
  switch (press.key) {
    case "End":
    case "G":
      actions.follow();
      return true;
    case " ":
      actions.togglePause();
      return true;
    case "Home":
      actions.toTop();
      return true;
    case "j":
      actions.move(1);
      return true;
    case "k":
      actions.move(-1);
      return true;
    case "ArrowDown":
      if (press.shiftKey) actions.extendSelection(1);
      else actions.move(1);
      return true;
    case "ArrowUp":
      if (press.shiftKey) actions.extendSelection(-1);
      else actions.move(-1);
      return true;
    case "J":
      actions.extendSelection(1);
      return true;
    case "K":
      actions.extendSelection(-1);
      return true;
    case "x":
      return actions.foldActive(null);
    case "ArrowRight":
      return actions.foldActive(true);
    case "ArrowLeft":
      return actions.foldActive(false);
    case "p":
      actions.pinActive();
      return true;
    case "P":
      actions.nextPin();
      return true;
    case "c":
      actions.copy();
      return true;
    case "y":
      actions.copyLink();
      return true;
    case "v":
      actions.showInContext();
      return true;
    case "f":
      actions.toggleFolding();
      return true;
    case "r":
      actions.toggleRepeats();
      return true;
    case "PageDown":
      actions.move(PAGE_ROWS);
      return true;
    case "PageUp":
      actions.move(-PAGE_ROWS);
      return true;
    case "e":
      actions.moveToError(1);
      return true;
    case "E":
      actions.moveToError(-1);
      return true;
    case "Enter":
      actions.openActive();
      return true;
    case "w":
      actions.toggleWrap();
      return true;
    case "/":
      actions.focusFilter();
      return true;
    case "?":
      actions.help();
      return true;
    case "Escape":
      return actions.escape();
    default:
      return false;
  }
}
