/* SPDX-License-Identifier: Apache-2.0 */
/* names.h - values of options in, their words out: the same words on the command line, in
 * summary.json and in messages.  A list ends with NULL and is indexed by the value. */
#ifndef SYNDIC_WRITE_NAMES_H
#define SYNDIC_WRITE_NAMES_H

#include "syndic.h"

extern const char *const syndic_by_names[], *const syndic_normalize_names[],
                                                *const syndic_shingle_unit_names[],
                                                    *const syndic_minhash_names[],
                                                        *const syndic_verify_names[],
                                                            *const syndic_recompress_names[],
                                                                *const syndic_html_names[],
                                                                    *const syndic_stage_names[];

/* "first", "longest", "min" or "max" */
const char *syndic_keep_text(enum syndic_keep keep);

#endif
