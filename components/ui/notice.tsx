import { CircleAlert, CircleCheck, Info, type LucideIcon, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "./class-names.ts";

const TONES: Record<"info" | "ok" | "warn" | "fail", { icon: LucideIcon; style: string; iconStyle: string }> =
  {
    info: { icon: Info, style: "border-line bg-raised/60", iconStyle: "text-muted" },
    ok: { icon: CircleCheck, style: "border-ok/35 bg-ok/6", iconStyle: "text-ok" },
    warn: { icon: TriangleAlert, style: "border-warn/40 bg-warn/7", iconStyle: "text-warn" },
    fail: { icon: CircleAlert, style: "border-fail/40 bg-fail/7", iconStyle: "text-fail" },
  };

interface NoticeProps {
  tone?: keyof typeof TONES;
  children: ReactNode;
  action?: ReactNode;
  className?: string;
}

/** One remark inside a page or form. A failure is announced at once, the rest politely. */
export function Notice({ tone = "info", children, action, className }: NoticeProps) {
  const { icon: Icon, style, iconStyle } = TONES[tone];
  return (
    <div
      role={tone === "fail" ? "alert" : "status"}
      className={cn(
        "flex flex-wrap items-start gap-x-2.5 gap-y-2 rounded-md border px-3 py-2 text-sm",
        style,
        className,
      )}
    >
      <Icon aria-hidden="true" className={cn("mt-0.5 size-3.75 shrink-0", iconStyle)} />
      <div className="min-w-0 flex-1 break-words">{children}</div>
      {action}
    </div>
  );
}
