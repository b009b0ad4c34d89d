// The pages that the menu leads to, and Ctrl K.

import {
  Activity,
  BarChart3,
  Boxes,
  Building2,
  ChartNoAxesCombined,
  Coins,
  Cpu,
  CreditCard,
  FlaskConical,
  Gauge,
  HeartPulse,
  KeyRound,
  Layers,
  LayoutDashboard,
  MessageSquareText,
  Network,
  Route,
  ScrollText,
  Server,
  TriangleAlert,
  Users,
} from "lucide-react";

/** The pages of an account. */
export const ACCOUNT_PAGES = [
  { name: "overview", to: "/a/$accountId/overview", icon: LayoutDashboard },
  { name: "apiKeys", to: "/a/$accountId/api-keys", icon: KeyRound },
  { name: "usage", to: "/a/$accountId/usage", icon: BarChart3 },
  { name: "requests", to: "/a/$accountId/requests", icon: Activity },
  { name: "errors", to: "/a/$accountId/errors", icon: TriangleAlert },
  { name: "models", to: "/a/$accountId/models", icon: Boxes },
  { name: "playground", to: "/a/$accountId/playground", icon: FlaskConical },
  { name: "billing", to: "/a/$accountId/billing", icon: Coins },
] as const;

/** The operator's pages, by what they are about. */
export const OPERATOR_GROUPS = [
  {
    name: "customers",
    items: [
      { name: "accounts", to: "/operator/accounts", icon: Building2 },
      { name: "users", to: "/operator/users", icon: Users },
      { name: "tiers", to: "/operator/tiers", icon: Layers },
      { name: "credits", to: "/operator/credits", icon: Coins },
      { name: "payments", to: "/operator/orders", icon: CreditCard },
      { name: "operatorUsage", to: "/operator/usage", icon: ChartNoAxesCombined },
      { name: "errors", to: "/operator/errors", icon: TriangleAlert },
    ],
  },
  {
    name: "catalogue",
    items: [
      { name: "providers", to: "/operator/providers", icon: Network },
      { name: "operatorModels", to: "/operator/models", icon: Cpu },
      { name: "deployments", to: "/operator/deployments", icon: HeartPulse },
      { name: "routing", to: "/operator/routing", icon: Route },
    ],
  },
  {
    name: "platform",
    items: [
      { name: "auditLog", to: "/operator/audit-log", icon: ScrollText },
      { name: "docsFeedback", to: "/operator/docs-feedback", icon: MessageSquareText },
      { name: "system", to: "/operator/system", icon: Gauge },
      { name: "servers", to: "/operator/servers", icon: Server },
      { name: "managementKeys", to: "/operator/management-keys", icon: KeyRound },
    ],
  },
] as const;

export type AccountPage = (typeof ACCOUNT_PAGES)[number]["to"];
export type OperatorPage = (typeof OPERATOR_GROUPS)[number]["items"][number]["to"];
