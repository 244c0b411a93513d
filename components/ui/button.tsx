import { cva, type VariantProps } from "class-variance-authority";
import { Slot } from "radix-ui";
import type { ComponentProps } from "react";
import { cn } from "./class-names.ts";
import { Spinner } from "./spinner.tsx";

export const buttonStyle = cva(
  "inline-flex shrink-0 select-none items-center justify-center gap-1.5 whitespace-nowrap rounded-md border font-medium transition-colors duration-100 disabled:pointer-events-none disabled:opacity-50 aria-disabled:opacity-50 [&_svg]:shrink-0",
  {
    variants: {
      variant: {
        secondary: "border-line bg-surface text-fg shadow-button hover:bg-raised data-[state=open]:bg-raised",
        primary: "border-transparent bg-fg text-bg shadow-button hover:bg-fg/88",
        ghost:
          "border-transparent text-muted hover:bg-raised hover:text-fg data-[state=open]:bg-raised data-[state=open]:text-fg",
        danger: "border-transparent bg-fail-solid text-[oklch(1_0_0)] shadow-button hover:bg-fail-solid/90",
        "danger-quiet": "border-line bg-surface text-fail shadow-button hover:border-fail/40 hover:bg-fail/8",
      },
      size: {
        sm: "h-7 px-2.5 text-xs [&_svg]:size-3.5",
        md: "h-8 px-3 text-sm [&_svg]:size-4",
        lg: "h-9 px-4 text-sm [&_svg]:size-4",
        icon: "size-8 [&_svg]:size-4",
        "icon-sm": "size-7 [&_svg]:size-3.5",
      },
    },
    defaultVariants: { variant: "secondary", size: "md" },
  },
);

type ButtonProps = ComponentProps<"button"> &
  VariantProps<typeof buttonStyle> & {
    /** Renders the one child (a link) with the look of a button. */
    asChild?: boolean;
    /** Shows a spinner and refuses clicks, keeping its width and its name. */
    pending?: boolean;
  };

/** The one button. It never submits a form unless told so by `type="submit"`. */
export function Button({
  variant,
  size,
  asChild,
  pending = false,
  className,
  children,
  disabled,
  type,
  ...props
}: ButtonProps) {
  const style = cn(buttonStyle({ variant, size }), className);
  if (asChild) {
    return (
      <Slot.Root className={style} {...props}>
        {children}
      </Slot.Root>
    );
  }
  return (
    <button
      type={type ?? "button"}
      className={style}
      disabled={disabled || pending}
      aria-busy={pending || undefined}
      {...props}
    >
      {pending ? <Spinner /> : null}
      {children}
    </button>
  );
}
