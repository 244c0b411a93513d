"use client";

import { useQuery } from "@tanstack/react-query";
import { Command as Cmdk } from "cmdk";
import { Bot, Building2, Moon, Search, Server as ServerIcon, Shield, Sun, SunMoon } from "lucide-react";
import { useRouter } from "next/navigation";
import { Dialog as RadixDialog } from "radix-ui";
import type { ReactNode } from "react";
import { scrimStyle } from "#components/ui/dialog.tsx";
import { agentsQuery } from "#lib/client/queries/agents.ts";
import { gatewaysQuery } from "#lib/client/queries/gateways.ts";
import { serversQuery } from "#lib/client/queries/servers.ts";
import type { Organization } from "#lib/contract/index.ts";
import { CommandKeys } from "./command-keys.tsx";
import { useCommands } from "./commands.ts";
import { setTheme } from "./theme.ts";

interface CommandMenuProps {
  org: string;
  organizations: Organization[];
  onClose: () => void;
}

const groupStyle =
  "p-1 [&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:py-1.5 [&_[cmdk-group-heading]]:text-faint [&_[cmdk-group-heading]]:text-xs";

/** Everything by name: actions, pages, servers, gateways, agents, organizations, themes. */
export function CommandMenu({ org, organizations, onClose }: CommandMenuProps) {
  const router = useRouter();
  const commands = useCommands();
  const servers = useQuery(serversQuery(org));
  const gateways = useQuery(gatewaysQuery(org));
  const agents = useQuery(agentsQuery(org));
  const perform = (run: () => void) => () => {
    onClose();
    run();
  };
  const groups = (
    ["This page", "This server", "This gateway", "This agent", "This incident", "Actions", "Go to"] as const
  )
    .map((name) => ({ name, commands: commands.filter((command) => command.group === name) }))
    .filter((group) => group.commands.length > 0);
  return (
    <RadixDialog.Root open onOpenChange={(open) => (open ? undefined : onClose())}>
      <RadixDialog.Portal>
        <RadixDialog.Overlay className={scrimStyle} />
        <RadixDialog.Content
          aria-describedby={undefined}
          className="fixed inset-x-2 top-2 z-50 mx-auto max-w-xl overflow-hidden rounded-xl border border-line bg-overlay shadow-pop outline-none data-[state=open]:animate-pop-in sm:top-[14vh]"
        >
          <RadixDialog.Title className="sr-only">Command menu</RadixDialog.Title>
          <Cmdk label="Command menu" loop>
            <div className="flex items-center gap-2.5 border-b px-3.5">
              <Search aria-hidden="true" className="size-4 text-faint" />
              <Cmdk.Input
                autoFocus
                placeholder="Search pages, servers, agents and actions…"
                className="h-11 min-w-0 flex-1 bg-transparent text-base outline-none"
              />
            </div>
            <Cmdk.List className="max-h-[min(22rem,70dvh)] scroll-py-1 overflow-y-auto">
              <Cmdk.Empty className="px-4 py-8 text-center text-muted">Nothing has that name.</Cmdk.Empty>
              {groups.map((group) => (
                <Cmdk.Group key={group.name} heading={group.name} className={groupStyle}>
                  {group.commands.map((command) => (
                    <MenuItem
                      key={command.id}
                      id={command.id}
                      icon={command.icon ? <command.icon aria-hidden="true" /> : null}
                      aside={command.keys ? <CommandKeys keys={command.keys} /> : null}
                      onSelect={perform(command.run)}
                    >
                      {command.label}
                    </MenuItem>
                  ))}
                </Cmdk.Group>
              ))}
              {servers.data?.length ? (
                <Cmdk.Group heading="Servers" className={groupStyle}>
                  {servers.data.map((server) => (
                    <MenuItem
                      key={server.id}
                      id={server.id}
                      keywords={[server.slug, server.id]}
                      icon={<ServerIcon aria-hidden="true" />}
                      aside={<span className="font-mono text-faint text-xs">{server.slug}</span>}
                      onSelect={perform(() => router.push(`/${org}/servers/${server.slug}`))}
                    >
                      {server.name}
                    </MenuItem>
                  ))}
                </Cmdk.Group>
              ) : null}
              {gateways.data?.length ? (
                <Cmdk.Group heading="Gateways" className={groupStyle}>
                  {gateways.data.map((gateway) => (
                    <MenuItem
                      key={gateway.id}
                      id={gateway.id}
                      keywords={gateway.servers.map((server) => server.publicId)}
                      icon={<Shield aria-hidden="true" />}
                      onSelect={perform(() => router.push(`/${org}/gateways/${gateway.id}`))}
                    >
                      {gateway.name}
                    </MenuItem>
                  ))}
                </Cmdk.Group>
              ) : null}
              {agents.data?.length ? (
                <Cmdk.Group heading="Agents" className={groupStyle}>
                  {agents.data.map((agent) => (
                    <MenuItem
                      key={agent.id}
                      id={agent.id}
                      icon={<Bot aria-hidden="true" />}
                      onSelect={perform(() => router.push(`/${org}/agents/${agent.id}`))}
                    >
                      {agent.name}
                    </MenuItem>
                  ))}
                </Cmdk.Group>
              ) : null}
              {organizations.length > 1 ? (
                <Cmdk.Group heading="Organizations" className={groupStyle}>
                  {organizations
                    .filter((organization) => organization.slug !== org)
                    .map((organization) => (
                      <MenuItem
                        key={organization.id}
                        id={organization.id}
                        icon={<Building2 aria-hidden="true" />}
                        onSelect={perform(() => router.push(`/${organization.slug}`))}
                      >
                        {`Switch to ${organization.name}`}
                      </MenuItem>
                    ))}
                </Cmdk.Group>
              ) : null}
              <Cmdk.Group heading="Theme" className={groupStyle}>
                <MenuItem
                  id="theme:light"
                  icon={<Sun aria-hidden="true" />}
                  onSelect={perform(() => setTheme("light"))}
                >
                  Light theme
                </MenuItem>
                <MenuItem
                  id="theme:dark"
                  icon={<Moon aria-hidden="true" />}
                  onSelect={perform(() => setTheme("dark"))}
                >
                  Dark theme
                </MenuItem>
                <MenuItem
                  id="theme:system"
                  icon={<SunMoon aria-hidden="true" />}
                  onSelect={perform(() => setTheme("system"))}
                >
                  System theme
                </MenuItem>
              </Cmdk.Group>
            </Cmdk.List>
          </Cmdk>
        </RadixDialog.Content>
      </RadixDialog.Portal>
    </RadixDialog.Root>
  );
}

interface MenuItemProps {
  id: string;
  keywords?: string[];
  icon: ReactNode;
  aside?: ReactNode;
  onSelect: () => void;
  children: string;
}

function MenuItem({ id, keywords = [], icon, aside, onSelect, children }: MenuItemProps) {
  return (
    <Cmdk.Item
      value={id}
      keywords={[children, ...keywords]}
      onSelect={onSelect}
      className="flex min-h-9 cursor-pointer items-center gap-2.5 rounded-md px-2 data-[selected=true]:bg-raised [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-faint"
    >
      {icon}
      <span className="min-w-0 flex-1 truncate">{children}</span>
      {aside}
    </Cmdk.Item>
  );
}
