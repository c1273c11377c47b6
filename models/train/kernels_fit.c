/* The inner loop of fit.py: how well thresholds find the onsets of many keys. */
#include <math.h>

enum { MOST = 4096 };

/* Sequences (a key of a take each): candidates first[s] .. first[s + 1], frame, four probabilities and age (s) each; frames that are
 * not listed have none near a threshold. Truth: onset s of sequence s at truth[from[s] .. from[s + 1]]. Decisions are those of
 * decode.fires. out: hits, fires, sum over the hits of the time from onset to sending. */
void judge(int sequences, const int *first, const int *frame, const float *p, const float *age, const int *from,
           const double *truth, const float *theta, float rearm_level, int rearm_frames, double tolerance, double *out)
{
	double hits = 0, total = 0, late = 0;
	for (int s = 0; s < sequences; s++) {
		static _Thread_local double sent[MOST], given[MOST];
		int count = 0, armed = 1, fired = -1000, before = -1;
		for (int i = first[s]; i < first[s + 1]; i++) {
			int f = frame[i];
			float best = 0;
			for (int d = 0; d < 4; d++)
				if (p[4 * i + d] / theta[d] > best)
					best = p[4 * i + d] / theta[d];
			int calm_between = f - 1 > before && f - 1 >= fired + rearm_frames;
			armed |= calm_between || (best < rearm_level && f >= fired + rearm_frames);
			if (armed && best >= 1 && count < MOST) {
				sent[count] = (f + 1) * 0.01;
				given[count] = sent[count] - age[i];
				count++;
				armed = 0;
				fired = f;
			}
			before = f;
		}
		total += count;
		for (int i = from[s], j = 0; i < from[s + 1] && j < count;) {
			if (fabs(truth[i] - given[j]) <= tolerance) {
				hits++;
				late += sent[j++] - truth[i++];
			} else if (given[j] < truth[i])
				j++;
			else
				i++;
		}
	}
	out[0] = hits;
	out[1] = total;
	out[2] = late;
}
