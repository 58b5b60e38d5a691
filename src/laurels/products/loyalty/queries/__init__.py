"""Loyalty's reads. `configuration` is what decisions and dry runs compute with."""

from laurels.products.loyalty.queries.access import (
    find_program,
    get_visible_program,
    is_program_admin,
    require_program_admin,
    subject_of,
)
from laurels.products.loyalty.queries.catalogue import (
    ShownCampaign,
    ShownReward,
    get_campaign,
    get_reward,
    list_campaigns,
    list_rewards,
)
from laurels.products.loyalty.queries.configuration import (
    Configuration,
    Version,
    configuration_of,
    forget,
    load_configuration,
    terms_of,
)
from laurels.products.loyalty.queries.people import Listed, ProgramMember, list_admins, list_invitations, list_program_members
from laurels.products.loyalty.queries.programs import get_terms, list_all_programs, list_programs, list_terms

__all__ = [
    "Configuration",
    "Listed",
    "ProgramMember",
    "ShownCampaign",
    "ShownReward",
    "Version",
    "configuration_of",
    "find_program",
    "forget",
    "get_campaign",
    "get_reward",
    "get_terms",
    "get_visible_program",
    "is_program_admin",
    "list_admins",
    "list_all_programs",
    "list_campaigns",
    "list_invitations",
    "list_program_members",
    "list_programs",
    "list_rewards",
    "list_terms",
    "load_configuration",
    "require_program_admin",
    "subject_of",
    "terms_of",
]
