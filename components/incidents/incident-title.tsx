"use client";

import { Pencil } from "lucide-react";
import dynamic from "next/dynamic";
import { useRef, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { useIncident } from "./incident-context.tsx";

const TitleForm = dynamic(() => import("./title-form.tsx").then((module) => module.TitleForm), {
  ssr: false,
});

/** The number and the title; who may, changes the title in place. */
export function IncidentTitle() {
  const { incident, mayWrite } = useIncident();
  const [isEditing, setEditing] = useState(false);
  const pencil = useRef<HTMLButtonElement>(null);
  if (isEditing)
    return (
      <TitleForm
        onDone={() => {
          setEditing(false);
          requestAnimationFrame(() => pencil.current?.focus());
        }}
      />
    );
  return (
    <>
      <span className="mr-2 font-normal text-faint">#{incident.number}</span>
      {incident.title}
      {mayWrite ? (
        <Button
          ref={pencil}
          size="icon-sm"
          variant="ghost"
          aria-label="Change the title"
          title="Change the title"
          className="ml-1 align-middle"
          onClick={() => setEditing(true)}
        >
          <Pencil aria-hidden="true" />
        </Button>
      ) : null}
    </>
  );
}
