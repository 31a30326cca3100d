/* SPDX-License-Identifier: MIT */
/*
 * Mutexes, condition variables and the kernel lock.  What a real kernel
 * checks with LOCKDEBUG and DIAGNOSTIC is checked here always: no mutex twice,
 * none that sleeps in an interrupt, no sleep with a spin mutex.
 */
#include "fake.h"

#define MUTEX_MAGIC	0x6d757478u
#define CV_MAGIC	0x63766172u

static struct lwp *biglock_owner;

void assert_sleepable(void)
{
	if (nb_context() != NB_THREAD || (curlwp && curlwp->spins))
		nb_panic("something that sleeps is called where nothing may");
}

void kpreempt_disable(void)
{
}

void kpreempt_enable(void)
{
}

bool cpu_intr_p(void)
{
	return nb_context() == NB_INTERRUPT;
}

bool cpu_softintr_p(void)
{
	return nb_context() == NB_SOFTINT;
}

static kmutex_t *check(const kmutex_t *m)
{
	if (m->magic != MUTEX_MAGIC)
		nb_panic("use of a mutex that is none");
	return __UNCONST(m);
}

void mutex_init(kmutex_t *m, kmutex_type_t type, int ipl)
{
	if (m->magic == MUTEX_MAGIC)
		nb_panic("mutex initialised twice");
	m->magic = MUTEX_MAGIC;
	m->owner = NULL;
	m->spin = type == MUTEX_SPIN || ipl > IPL_SOFTSERIAL;
	nb_count(NB_MUTEX, 1);
}

void mutex_destroy(kmutex_t *m)
{
	if (check(m)->owner)
		nb_panic("mutex destroyed while it is held");
	m->magic = 0;
	nb_count(NB_MUTEX, -1);
}

/* An interrupt handler has no thread; it borrows this. */
static struct lwp *self(void)
{
	static struct lwp interrupt;

	return nb_context() == NB_INTERRUPT || !curlwp ? &interrupt : curlwp;
}

void mutex_enter(kmutex_t *m)
{
	struct lwp *l = self();

	check(m);
	if (!m->spin && nb_context() == NB_INTERRUPT)
		nb_panic("an interrupt handler takes a mutex that sleeps");
	if (!m->spin && l->spins)
		nb_panic("an adaptive mutex is taken under a spin mutex");
	if (m->owner == l)
		nb_panic("locking against myself");
	nb_point();
	while (m->owner) {
		if (m->spin)
			nb_panic("a spin mutex spins for ever");
		nb_sleep(m, NB_FOREVER);
	}
	m->owner = l;
	if (m->spin)
		l->spins++;
	else
		l->mutexes++;
}

int mutex_tryenter(kmutex_t *m)
{
	if (check(m)->owner)
		return 0;
	mutex_enter(m);
	return 1;
}

static void leave(kmutex_t *m)
{
	struct lwp *l = self();

	if (check(m)->owner != l)
		nb_panic("a mutex is released that is not held");
	m->owner = NULL;
	if (m->spin)
		l->spins--;
	else
		l->mutexes--;
	nb_wake_one(m);
}

void mutex_exit(kmutex_t *m)
{
	leave(m);
	nb_point();
}

void mutex_spin_enter(kmutex_t *m)
{
	if (!check(m)->spin)
		nb_panic("mutex_spin_enter of an adaptive mutex");
	mutex_enter(m);
}

void mutex_spin_exit(kmutex_t *m)
{
	mutex_exit(m);
}

int mutex_owned(const kmutex_t *m)
{
	return check(m)->owner == self();
}

void _kernel_lock(int n)
{
	if (nb_context() == NB_INTERRUPT)
		nb_panic("an MP-safe handler takes the kernel lock");
	if (biglock_owner != curlwp) {
		nb_point();
		while (biglock_owner)
			nb_sleep(&biglock_owner, NB_FOREVER);
	}
	biglock_owner = curlwp;
	curlwp->biglocks += (unsigned int)n;
}

void _kernel_unlock(int n, int *held)
{
	if (held)
		*held = (int)curlwp->biglocks;
	if (n == 0)
		n = (int)curlwp->biglocks;
	if (n == 0)
		return;
	if (biglock_owner != curlwp || curlwp->biglocks < (unsigned int)n)
		nb_panic("the kernel lock is released and was not held");
	curlwp->biglocks -= (unsigned int)n;
	if (curlwp->biglocks == 0) {
		biglock_owner = NULL;
		nb_wake_one(&biglock_owner);
	}
}

bool _kernel_locked_p(void)
{
	return biglock_owner == curlwp && curlwp;
}

void fake_lock_reset(void)
{
	biglock_owner = NULL;
}

/* Sleep as a kernel does: the kernel lock goes with the processor. */
bool fake_sleep(const void *channel, uint64_t until_ms)
{
	int held;
	bool woken;

	if (nb_context() != NB_THREAD)
		nb_panic("sleep in a soft interrupt");
	_kernel_unlock(0, &held);
	woken = nb_sleep(channel, until_ms);
	if (held)
		_kernel_lock(held);
	return woken;
}

static kcondvar_t *check_cv(kcondvar_t *cv)
{
	if (cv->magic != CV_MAGIC)
		nb_panic("use of a condition variable that is none");
	return cv;
}

void cv_init(kcondvar_t *cv, const char *name)
{
	(void)name;
	cv->magic = CV_MAGIC;
	cv->waiters = 0;
	nb_count(NB_CV, 1);
}

void cv_destroy(kcondvar_t *cv)
{
	if (check_cv(cv)->waiters)
		nb_panic("condition variable destroyed with waiters");
	cv->magic = 0;
	nb_count(NB_CV, -1);
}

static bool wait(kcondvar_t *cv, kmutex_t *m, uint64_t until_ms)
{
	bool woken;

	check_cv(cv);
	cv->waiters++;
	leave(m);
	woken = fake_sleep(cv, until_ms);
	cv->waiters--;
	mutex_enter(m);
	return woken;
}

static uint64_t after(int ticks)
{
	if (ticks <= 0)
		return NB_FOREVER;
	return nb_now_ms() + hztoms(ticks);
}

void cv_wait(kcondvar_t *cv, kmutex_t *m)
{
	wait(cv, m, NB_FOREVER);
}

int cv_wait_sig(kcondvar_t *cv, kmutex_t *m)
{
	wait(cv, m, NB_FOREVER);
	return 0;
}

int cv_timedwait(kcondvar_t *cv, kmutex_t *m, int ticks)
{
	return wait(cv, m, after(ticks)) ? 0 : EWOULDBLOCK;
}

int cv_timedwait_sig(kcondvar_t *cv, kmutex_t *m, int ticks)
{
	return cv_timedwait(cv, m, ticks);
}

void cv_signal(kcondvar_t *cv)
{
	nb_wake_one(check_cv(cv));
}

void cv_broadcast(kcondvar_t *cv)
{
	nb_wake(check_cv(cv));
}

bool cv_has_waiters(kcondvar_t *cv)
{
	return check_cv(cv)->waiters != 0;
}

int kpause(const char *name, bool intr, int ticks, kmutex_t *m)
{
	(void)name;
	(void)intr;
	if (ticks <= 0)
		nb_panic("kpause for ever");
	if (m)
		leave(m);
	fake_sleep(curlwp, after(ticks));
	if (m)
		mutex_enter(m);
	return EWOULDBLOCK;
}
