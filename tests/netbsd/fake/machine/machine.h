/* SPDX-License-Identifier: MIT */
/* What the parts of the machine ask of each other. */
#ifndef MACHINE_H
#define MACHINE_H

#include "../nb.h"
#include "../script.h"
#include "support/world.h"

extern struct world *nb_world;
extern enum nb_schedule nb_schedule;

void sched_open(void);
void sched_close(void);
/* The thread switch at which the axe falls; 0: none. */
uint32_t nb_axe_moment(void);
bool sched_is_axing(void);
/* It does not fall any more. */
void sched_drop_axe(void);
/* Run until the thread has ended. */
void sched_run(const struct lwp *until);
/* Let those that can run end. */
void sched_settle(void);
/* Has the thing been taken away that a story with an axe is about? */
bool nb_axe_has_fallen(void);
/* For a panic: who was doing what. */
void sched_tell(void);
uint32_t sched_random(void);

void memory_open(void);
/* Everything must have been given back but so many grants and pages. */
void memory_close(unsigned int lost_grants, unsigned int lost_pages);
/* The octets of a machine page as other domains see them; null: none. */
uint8_t *memory_of(uint64_t ma);
/* The grants of that page are one more, or one less. */
void memory_granted(const uint8_t *page, int change);
/* The file that machine memory is, and a page's place in it. */
int memory_file(void);
int64_t memory_place(uint64_t ma);

void hyper_open(void);
void hyper_close(void);
/* The guest is suspended: grants and event channels are no more. */
void hyper_forget(void);
/* The backend maps its rings, or lets go of them, as its state says. */
void hyper_map_rings(void);
/* An event of the backend is for this port. */
void hyper_raise(unsigned int port);

void store_open(void);
void store_close(void);
/* Watches of the guest, and the world's clock. */
void store_look(void);

/* The world of a story, and its end. */
void world_boot(const struct nb_config *config);
void world_halt(void);
unsigned int nb_usb_ver(void);
/* One turn of the backend's domain.  False: it has nothing to do. */
bool world_step(void);
/* When it wants to do something by itself. */
uint64_t world_due_ms(void);

#endif
