import type { BudgetFormValues } from "./budget-form-values.ts";

/** What a part of the form of a budget is given. */
export interface BudgetFormPart {
  values: BudgetFormValues;
  onChange: (values: BudgetFormValues) => void;
  readOnly: boolean;
  errorOf: (field: string) => string | null;
}
