"""Lists of English words that the splitters and checkers look up."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ABBREVIATIONS = _words(
    """
    a.m al approx apr aug ave blvd capt cf co col corp dec dept dr e.g est etc feb fig ft gen hon i.e inc jan jr
    jul jun lt ltd mar mr mrs ms mt no nov oct p.m ph.d prof rev sep sept sgt sr st u.k u.n u.s vol vs
    """
)
"""Abbreviations whose period does not end a sentence that goes on in lower case."""

TITLES = _words(
    """
    capt cf col dr e.g fig ft gen hon i.e lt mr mrs ms mt prof rev sgt st vs
    """
)
"""Abbreviations whose period never ends a sentence."""

STOP_WORDS = _words(
    """
    a about above after again against ain all am an and any are aren as at be because been before being below
    between both but by can could couldn d did didn do does doesn doing don down during each few for from
    further had hadn has hasn have haven having he her here hers herself him himself his how i if in into is isn
    it its itself just ll m ma me mightn more most mustn my myself needn no nor not now o of off on once only or
    other our ours ourselves out over own re s same shan she should shouldn so some such t than that the their
    theirs them themselves then there these they this those through to too under until up ve very was wasn we
    were weren what when where which while who whom why will with won wouldn y you your yours yourself
    yourselves
    """
)
"""Function words, and the rests of their contractions."""

PERSONAL_PRONOUNS = _words(
    """
    he her hers herself him himself his i it its itself me mine my myself our ours ourselves she their theirs
    them themselves they us we you your yours yourself yourselves
    """
)
"""Personal, possessive and reflexive pronouns."""

PRONOUNS = _words(
    """
    all another any anybody anyone anything both each either everybody everyone everything few he her hers
    herself him himself his i it its itself many me mine my myself neither no-one nobody none nothing one other
    our ours ourselves several she some somebody someone something that their theirs them themselves these they
    this those us we what whatever which whichever who whoever whom whomever whose you your yours yourself
    yourselves
    """
)
"""All pronouns: also demonstrative, interrogative and indefinite ones."""

SMALL_WORDS = _words(
    """
    a an and are as at be but by for from if in into is it nor of off on onto or out over per so than the to up
    upon via with yet
    """
)
"""Words that a title in title case may leave in lower case."""

VERBS = _words(
    """
    add allow analyze answer apply ask avoid be become begin believe bring build buy calculate call carry
    celebrate change check choose clean click close collect combine come compare consider contact continue
    convert cook create cultivate cut dance decide define delve describe design determine develop discover
    discuss do draw drink drive eat embark embrace enable encourage engage enjoy ensure enter establish evaluate
    examine explain explore express extract find follow forget foster gather get give go grow hear help hold
    identify imagine implement improve include increase install introduce invest invite join journey keep know
    learn leave let list listen live locate look love maintain make manage measure meet mix move navigate
    nurture offer open organize overcome participate perform pick plan play practice prepare present provide put
    read receive recognize reduce reflect remember remove repeat replace research respect review run save say
    search see select sell send set share show sing solve speak spend stand start stay step stop store strive
    study support take talk teach tell think transform travel try understand unleash unlock update use visit
    wait walk watch welcome win wonder work write
    """
)
"""Verbs that often start an instruction or a headline."""

NEVER_VERBS = _words(
    """
    a absolutely although an and as at because but by certainly finally first for from he her here his how
    however i if in it its my no of on once one or our she sure that the their there therefore these they this
    those three thus to two we what when where while who why with yes you your
    """
)
"""Words that often start a response and are no verbs."""
