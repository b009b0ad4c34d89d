/** What a member is called: by name where they gave one. */
export function memberName(member: { name: string; email: string }): string {
  return member.name.trim() || member.email;
}
