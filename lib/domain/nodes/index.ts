/** The edges of the installation: each writes its own row and keeps saying that it lives. */
export { forgetOldNodes } from "./forget-old-nodes.ts";
export { listExpectedNodes } from "./list-expected-nodes.ts";
export { type EdgeNode, registerNode, stopNode } from "./register-node.ts";
export { saveCanary } from "./save-canary.ts";
