import { cn } from "./class-names.ts";
import { fullMoneyText, type MoneySign, moneyText } from "./money-text.ts";

interface MoneyProps {
  /** Micro-USD, as the wire has them. */
  micros: string | bigint;
  /** `always`: a plus before what was added. */
  sign?: MoneySign;
  className?: string;
}

/** An amount of money, exact: `$0.000145`. Resting on it tells all decimals and the micros. */
export function Money({ micros, sign = "negative", className }: MoneyProps) {
  return (
    <data
      value={String(micros)}
      title={fullMoneyText(micros)}
      className={cn("whitespace-nowrap tabular-nums", className)}
    >
      {moneyText(micros, sign)}
    </data>
  );
}
