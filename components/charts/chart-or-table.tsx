"use client";

import { ChartNoAxesColumn, Table2 } from "lucide-react";
import { SegmentedControl } from "#components/ui/segmented-control.tsx";

export type ChartView = "chart" | "table";

/** The same numbers to look at, or to read and copy. */
export function ChartOrTable({ value, onChange }: { value: ChartView; onChange: (view: ChartView) => void }) {
  return (
    <SegmentedControl
      label="Show as"
      value={value}
      onChange={onChange}
      className="h-7"
      options={[
        { value: "chart", label: <ChartNoAxesColumn aria-label="Chart" />, title: "Chart" },
        { value: "table", label: <Table2 aria-label="Table" />, title: "Table" },
      ]}
    />
  );
}
