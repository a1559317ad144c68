/* SPDX-License-Identifier: Apache-2.0 */
/* names.c - values of options in, their words out. */
#include "write/names.h"

#include "pipeline.h"
#include "write/dedup.h"

#include <stddef.h>

const char *const syndic_by_names[] = {[SYNDIC_BY_NEAR] = "near",
                                       [SYNDIC_BY_EXACT] = "exact",
                                       [SYNDIC_BY_SIMHASH] = "simhash",
                                       [SYNDIC_BY_SYNDICATION] = "syndication",
                                       NULL};

const char *const syndic_normalize_names[] = {
    [SYNDIC_NORMALIZE_TOKENS] = "tokens", [SYNDIC_NORMALIZE_NONE] = "none", NULL};

const char *const syndic_shingle_unit_names[] = {
    [SYNDIC_SHINGLE_WORD] = "word", [SYNDIC_SHINGLE_CHAR] = "char", NULL};

const char *const syndic_minhash_names[] = {
    [SYNDIC_MINHASH_ONEP] = "onep", [SYNDIC_MINHASH_KPERM] = "kperm", NULL};

const char *const syndic_verify_names[] = {[SYNDIC_VERIFY_DEFAULT] = "default",
                                           [SYNDIC_VERIFY_SIGNATURE] = "signature",
                                           [SYNDIC_VERIFY_EXACT] = "exact",
                                           [SYNDIC_VERIFY_NONE] = "none",
                                           NULL};

const char *const syndic_recompress_names[] = {[SYNDIC_RECOMPRESS_SAME] = "same",
                                               [SYNDIC_RECOMPRESS_NONE] = "none",
                                               [SYNDIC_RECOMPRESS_GZIP] = "gzip",
                                               [SYNDIC_RECOMPRESS_ZSTD] = "zstd",
                                               NULL};

const char *const syndic_html_names[] = {
    [SYNDIC_HTML_STRIP] = "strip", [SYNDIC_HTML_SKIP] = "skip", NULL};

const char *const syndic_stage_names[] = {
    [SYNDIC_STAGE_READ] = "read",     [SYNDIC_STAGE_EXACT] = "exact", [SYNDIC_STAGE_JOIN] = "join",
    [SYNDIC_STAGE_VERIFY] = "verify", [SYNDIC_STAGE_WRITE] = "write", NULL};

const char *syndic_keep_text(enum syndic_keep keep)
{
    static const char *const names[] = {[SYNDIC_KEEP_FIRST] = "first",
                                        [SYNDIC_KEEP_LONGEST] = "longest",
                                        [SYNDIC_KEEP_MIN] = "min",
                                        [SYNDIC_KEEP_MAX] = "max"};

    return names[keep];
}
