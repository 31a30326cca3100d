/* SPDX-License-Identifier: MIT */
/* Kernel threads and soft interrupts. */
#include "fake.h"

struct kthread {
	void (*run)(void *);
	void *arg;
	struct lwp *lwp;
	bool mpsafe, joinable, ended;
	char name[24];
};

struct softint {
	void (*run)(void *);
	void *arg;
	bool scheduled, running, ends;
};

#define MOST_KTHREADS	32
static struct kthread kthreads[MOST_KTHREADS];

static struct kthread *kthread_of(const struct lwp *l)
{
	unsigned int i;

	for (i = 0; i < MOST_KTHREADS; i++)
		if (kthreads[i].lwp == l)
			return &kthreads[i];
	nb_panic("not a kernel thread");
}

static void end_kthread(struct kthread *k)
{
	if (!k->mpsafe && _kernel_locked_p())
		_kernel_unlock(0, NULL);
	k->ended = true;
	if (!k->joinable)
		k->lwp = NULL;
	nb_count(NB_THREADS, -1);
	nb_wake(k);
}

static void run_kthread(void *arg)
{
	struct kthread *k = arg;

	if (!k->mpsafe)
		_kernel_lock(1);
	k->run(k->arg);
	end_kthread(k);
}

int kthread_create(pri_t pri, int flags, struct cpu_info *cpu,
		   void (*run)(void *), void *arg, struct lwp **lp,
		   const char *format, ...)
{
	struct kthread *k = kthreads;
	va_list args;

	(void)pri;
	(void)cpu;
	assert_sleepable();
	if (nb_fails("kthread_create"))
		return ENOMEM;
	while (k < kthreads + MOST_KTHREADS && k->lwp)
		k++;
	if (k == kthreads + MOST_KTHREADS)
		nb_panic("too many kernel threads");
	va_start(args, format);
	nb_vformat(k->name, sizeof(k->name), format, args);
	va_end(args);
	k->run = run;
	k->arg = arg;
	k->mpsafe = flags & KTHREAD_MPSAFE;
	k->joinable = flags & KTHREAD_MUSTJOIN;
	k->ended = false;
	nb_count(NB_THREADS, 1);
	k->lwp = nb_thread(k->name, run_kthread, k, NB_THREAD);
	if (lp)
		*lp = k->lwp;
	return 0;
}

void kthread_exit(int code)
{
	(void)code;
	end_kthread(kthread_of(curlwp));
	nb_exit();
}

int kthread_join(struct lwp *l)
{
	struct kthread *k = kthread_of(l);

	if (!k->joinable)
		nb_panic("kthread_join of a thread that nobody joins");
	while (!k->ended)
		fake_sleep(k, NB_FOREVER);
	k->lwp = NULL;
	return 0;
}

/* A soft interrupt is a thread that may wait for locks alone. */
static void run_softint(void *arg)
{
	struct softint *s = arg;

	while (!s->ends) {
		if (!s->scheduled) {
			nb_sleep(s, NB_FOREVER);
			continue;
		}
		s->scheduled = false;
		s->running = true;
		s->run(s->arg);
		s->running = false;
		if (curlwp->mutexes)
			nb_panic("a soft interrupt keeps a mutex");
		nb_wake(&s->running);
	}
	nb_free(s, sizeof(*s));
}

void *softint_establish(u_int flags, void (*run)(void *), void *arg)
{
	struct softint *s;

	(void)flags;
	if (nb_fails("softint_establish"))
		return NULL;
	s = nb_alloc(sizeof(*s));
	memset(s, 0, sizeof(*s));
	s->run = run;
	s->arg = arg;
	nb_count(NB_SOFTINTS, 1);
	nb_thread("softint", run_softint, s, NB_SOFTINT);
	return s;
}

void softint_schedule(void *cookie)
{
	struct softint *s = cookie;

	if (s->ends)
		nb_panic("softint_schedule after softint_disestablish");
	s->scheduled = true;
	nb_wake(s);
}

/* Returns when it does not run any more; what is scheduled is dropped. */
void softint_disestablish(void *cookie)
{
	struct softint *s = cookie;

	assert_sleepable();
	while (s->running || s->scheduled)
		fake_sleep(&s->running, nb_now_ms() + 1);
	s->ends = true;
	nb_count(NB_SOFTINTS, -1);
	nb_wake(s);
}

void fake_threads_reset(void)
{
	memset(kthreads, 0, sizeof(kthreads));
}
