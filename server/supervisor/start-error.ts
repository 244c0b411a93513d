/** The installation cannot start, for a reason that the operator can do something about: shown without a stack. */
export class StartError extends Error {
  override readonly name = "StartError";
}
