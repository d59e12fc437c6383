# Run by ctest as it starts: asks every test executable for its cases and makes a test of each.
# A case that the executable skips (exit code 77, see main.cpp) is reported as skipped.
foreach(executable IN LISTS executables)
    set(program ${executable_dir}/${executable})
    set(labels ${${executable}_labels})
    list(GET labels 0 prefix)
    set(properties ${${executable}_properties} LABELS)
    execute_process(
        COMMAND ${program} --list_content
        ERROR_VARIABLE content
        OUTPUT_QUIET
        RESULT_VARIABLE status
    )
    if(NOT status EQUAL 0)
        add_test(${prefix}.${executable}.cannot_run sh -c "exec $0 --list_content" ${program})
        set_tests_properties(${prefix}.${executable}.cannot_run PROPERTIES ${properties} "${labels}")
        continue()
    endif()
    # A suite stands at the margin, its cases four columns to the right. What lies deeper (the
    # rows of a data case) runs with its parent.
    string(REPLACE "\n" ";" lines "${content}")
    foreach(line IN LISTS lines)
        if(line MATCHES "^([A-Za-z0-9_]+)\\*?")
            set(suite ${CMAKE_MATCH_1})
        elseif(line MATCHES "^    ([A-Za-z0-9_]+)\\*?")
            set(name ${prefix}.${suite}.${CMAKE_MATCH_1})
            add_test(${name} ${program} --run_test=${suite}/${CMAKE_MATCH_1} --color_output=no)
            set_tests_properties(${name} PROPERTIES SKIP_RETURN_CODE 77 ${properties} "${labels}")
            # Each of these nearly fills the 64 MiB of /dev/shm that a container has.
            if(suite MATCHES "^(directories|torn_reads)$")
                set_tests_properties(${name} PROPERTIES RESOURCE_LOCK shared_memory)
            endif()
        endif()
    endforeach()
endforeach()
