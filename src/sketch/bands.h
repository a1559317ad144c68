/* SPDX-License-Identifier: Apache-2.0 */
/* bands.h - how many bands of how many rows find pairs at a threshold. */
#ifndef SYNDIC_SKETCH_BANDS_H
#define SYNDIC_SKETCH_BANDS_H

#include "syndic.h"

/* 1 - (1 - similarity^rows)^bands: the share of pairs of that similarity that share a band. */
double syndic_bands_recall(double similarity, uint32_t bands, uint32_t rows);

/* The most rows for which bands = slots / rows still find SYNDIC_BANDS_RECALL_MIN of the pairs
 * right at the threshold: more rows mean fewer false candidates. */
#define SYNDIC_BANDS_RECALL_MIN 0.9
struct syndic_bands syndic_bands_choose(double threshold, uint32_t slots);

/* The bands and rows that options ask for, or the choice for their threshold; INVALID_ARGUMENT when
 * threshold, slots, bands or rows are out of range. */
SYNDIC_MUST_USE enum syndic_status syndic_bands_plan(const struct syndic_options *options,
                                                     struct syndic_bands *bands,
                                                     struct syndic_error *error);

#endif
