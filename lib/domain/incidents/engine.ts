import * as engine from "../diagnosis/index.ts";
import type { Diagnose } from "./diagnose-subject.ts";

export const diagnose: Diagnose = (engine as unknown as { diagnoseNow: Diagnose }).diagnoseNow;
