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

/*
 * What a walk along an URB's requests has found: as long as neither it nor they
 * change, another one finds the same.
 */
struct fq_known {
	uint16_t targets, unlinking, count;
};

#ifndef PROOFS_HARNESS
extern
#endif
ENTRIES(struct fq_known, fq_known);

#define FQ_KNOWN(index)	ENTRY(fq_known, USBIF_MAX_URBS, index)

/* Is all that such a walk looks at as it was before the step? */
bool reqs_are_known(uint16_t urb);

#define REQS_ARE_VALID(fq, urb, t) ({ \
	struct fq_known *known_ = &FQ_KNOWN(urb); \
	bool valid_ = true; \
	if (!reqs_are_known(urb)) { \
		struct totals one_ = { 0 }; \
		valid_ = reqs_are_valid(fq, urb, &one_); \
		known_->targets = one_.targets; \
		known_->unlinking = one_.unlinking; \
		if (valid_) { \
			known_->count = count_reqs(fq, &FQ_URB(urb)); \
			__CPROVER_assert( \
				!(FQ_URB(urb).flags & USBIF_FQ_UNLINKED) || \
				(known_->unlinking != 0) == \
				(usbif_fq_first_not_unlinked(fq, urb) != \
				 USBIF_NONE), "both walks find the same"); \
		} \
	} \
	(t)->targets = (uint16_t)((t)->targets + known_->targets); \
	(t)->unlinking = (uint16_t)((t)->unlinking + known_->unlinking); \
	valid_; })
#define KNOWN_COUNT(urb)	(FQ_KNOWN(urb).count)
#define KNOWN_UNLINKING(urb)	(FQ_KNOWN(urb).unlinking != 0)

#endif
