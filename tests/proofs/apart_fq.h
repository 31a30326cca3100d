/* SPDX-License-Identifier: MIT */
#ifndef PROOFS_APART_FQ_H
#define PROOFS_APART_FQ_H

#include "apart.h"
#include "usbif/fq.h"

#ifndef PROOFS_HARNESS
extern
#endif
ENTRIES(struct usbif_fq_req, fq_req);
#ifndef PROOFS_HARNESS
extern
#endif
ENTRIES(struct usbif_fq_queue, fq_queue);
#ifndef PROOFS_HARNESS
extern
#endif
ENTRIES(struct usbif_fq_urb, fq_urb);

#define FQ_REQ(index)	ENTRY(fq_req, USBIF_MAX_SLOTS, index)
#define FQ_QUEUE(index)	ENTRY(fq_queue, USBIF_MAX_QUEUES, index)
#define FQ_URB(index)	ENTRY(fq_urb, USBIF_MAX_URBS, index)

#endif
