/* SPDX-License-Identifier: Apache-2.0 */
/* ingest.h - the first pass: a reader in; the document table and the sketches out. */
#ifndef SYNDIC_INGEST_H
#define SYNDIC_INGEST_H

#include "pipeline.h"

/* Read, extract and sketch every record with run->threads threads; fills run->documents, sketches,
 * problems and the byte counts.  Documents are in input order whatever the threads did. */
SYNDIC_MUST_USE enum syndic_status syndic_ingest(struct syndic_run *run,
                                                 const struct syndic_run_options *options,
                                                 struct syndic_error *error);

#endif
