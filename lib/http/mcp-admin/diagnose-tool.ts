import { DiagnoseInput, Diagnosis } from "#lib/contract/index.ts";
import { diagnoseNow } from "#lib/domain/diagnosis/index.ts";
import { adminTool } from "./admin-tool.ts";

export const diagnoseTool = adminTool({
  name: "diagnose",
  title: "Diagnose",
  description:
    "Names what is wrong with a server, with an agent on it, or without a server with the organization's use and credits: the cause with its evidence and what to do, or which evidence is missing. Every hop is looked at; with the scope checks:run the server is also called now (probe), with a read-only tool at most.",
  input: DiagnoseInput.shape,
  narrow: "Ask about one tool, agent or client, or a shorter window.",
  isOpenWorld: true,
  output: Diagnosis,
  run: async (ctx, input) => (await diagnoseNow(ctx, input)).diagnosis,
});
