import { keepPreviousData } from "@tanstack/react-query";
import { operatorListOptions, pagedQueryOptions } from "@/api/pages";

export const docsFeedbackQuery = (filter: { page?: string }) => ({
  ...pagedQueryOptions(["operator", "docs-feedback", filter], "/admin/docs-feedback", { query: filter }),
  placeholderData: keepPreviousData,
});

export const docsFeedbackCountsQuery = operatorListOptions(
  "docs-feedback-pages",
  "/admin/docs-feedback/pages",
);
