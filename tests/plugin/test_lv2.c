/* The LV2 plugin in a host: what every format must do, and what is LV2's own.
 *
 *     test_lv2 BUNDLE
 */
#include "suite.h"

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {SUITE};
    if (argc != 2)
        return 2;
    host_start(argv[1]);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    host_stop();
    return failed;
}
