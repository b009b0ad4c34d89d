-- JSON lists: the most that a key or an account may spend per window. NULL: no list.
ALTER TABLE api_keys ADD COLUMN budgets TEXT;
-- By the account itself.
ALTER TABLE accounts ADD COLUMN budgets TEXT;
-- By an operator, in place of its tier's; an empty list takes these away.
ALTER TABLE accounts ADD COLUMN operator_budgets TEXT;
-- Of each account of the tier.
ALTER TABLE tiers ADD COLUMN budgets TEXT;
