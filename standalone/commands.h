/* The commands of the program. Each gets its own arguments (argv[0] is the command's name) and returns the
 * exit status: 0 done, 1 failed, 2 called wrongly. */
#ifndef COCHLEA_STANDALONE_COMMANDS_H
#define COCHLEA_STANDALONE_COMMANDS_H

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

int cmd_bench(int argc, char **argv);
int cmd_detect(int argc, char **argv);
int cmd_devices(int argc, char **argv);
int cmd_features(int argc, char **argv);
int cmd_live(int argc, char **argv);
int cmd_hybridize(int argc, char **argv);
int cmd_models(int argc, char **argv);
int cmd_practice(int argc, char **argv);
int cmd_transcribe(int argc, char **argv);

#endif
