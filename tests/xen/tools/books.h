/* SPDX-License-Identifier: MIT */
/*
 * The books of a domain: how much its kernel holds of everything that a driver could leak. Taken before and
 * after some cycles, and compared.
 */
#ifndef BOOKS_H
#define BOOKS_H

/* How a figure may change from the first taking to the second. */
enum books_rule {
    BOOKS_EXACT = '=', /* not at all */
    BOOKS_MOST = '-',  /* not up; down when something was still on its way out at first */
    BOOKS_TREND = '+', /* up by less than one a cycle, or by BOOKS_NOISE; or down */
    BOOKS_PAGES = '~', /* the same with BOOKS_PAGES_NOISE */
};

/* What the rest of a kernel allocates more at one time than at another. */
#define BOOKS_NOISE 15
#define BOOKS_PAGES_NOISE 50

/* Add a figure. Values of the same name are summed up. */
void books_add(enum books_rule rule, long value, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* An int variable of the kernel, by its memory as /proc/kcore shows it. Dies when there is none. */
int books_variable(const char *symbol);
/* Whether the kernel has it. */
int books_has_variable(const char *symbol);

/* Collect the figures of one source. Each dies when its source is missing. */
void books_of_grants(void);
void books_of_devices(void);
void books_of_tasks(void);
void books_of_interrupts(void);
void books_of_pages(void);
void books_of_vmalloc(void);
void books_of_slabs(void);

/* Modules of ours: what they hold may not grow at all. */
int books_is_watched(const char *trace);
/* The rule for memory that was allocated with that trace. */
enum books_rule books_rule_for(const char *trace);

#endif
