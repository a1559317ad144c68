/* SPDX-License-Identifier: Apache-2.0 */
/* completions.c - the tables of commands and options in; completions for shells out. */
#include "cli/help.h"
#include "cli/options.h"

#include <stdio.h>
#include <string.h>

static const char *const *words_of(const struct syndic_option *option)
{
    return strcmp(option->name, "kernels") ? option->words : syndic_kernel_words();
}

static void print_words(const char *const *words, const char *between)
{
    for (size_t i = 0; words[i]; i++)
        printf("%s%s", i ? between : "", words[i]);
}

/* What stands in single quotes of a shell: a quote ends them, is escaped, and they go on. */
static void print_escaped(const char *text, const char *also_escaped)
{
    for (; *text; text++) {
        if (*text == '\'')
            fputs("'\\''", stdout);
        else if (strchr(also_escaped, *text))
            printf("\\%c", *text);
        else
            putchar(*text);
    }
}

static void print_quoted(const char *text)
{
    putchar('\'');
    print_escaped(text, "");
    putchar('\'');
}

static void print_bash_arguments(const struct syndic_command *command)
{
    for (const struct syndic_option *option = syndic_option_table; option->name; option++) {
        if (!(option->commands & command->bit) || !words_of(option))
            continue;
        printf("        %s,--%s", command->name, option->name);
        if (option->letter)
            printf("|%s,-%c", command->name, option->letter);
        fputs(") words='", stdout);
        print_words(words_of(option), " ");
        puts("' ;;");
    }
}

static void print_commands(void)
{
    for (const struct syndic_command *command = syndic_commands; command->name; command++)
        printf("%s%s", command == syndic_commands ? "" : " ", command->name);
}

static void print_bash(void)
{
    /* "--format=t" is one word, or three where "=" ends words in COMP_WORDBREAKS, as it does by
     * itself. */
    puts("# bash completion for syndic\n"
         "_syndic() {\n"
         "    local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} words= "
         "prefix=\n"
         "    case \"$current\" in\n"
         "        --*=*) before=${current%%=*} prefix=$before=; current=${current#*=} ;;\n"
         "        =) current= ;;\n"
         "        *) [ \"$before\" = = ] && before=${COMP_WORDS[COMP_CWORD-2]} ;;\n"
         "    esac\n"
         "    if [ \"$COMP_CWORD\" -eq 1 ]; then");
    printf("        COMPREPLY=($(compgen -W '");
    print_commands();
    puts(" --version --help' -- \"$current\"))\n        return\n    fi\n"
         "    case \"${COMP_WORDS[1]},$before\" in");
    for (const struct syndic_command *command = syndic_commands; command->name; command++)
        print_bash_arguments(command);
    puts("    esac\n    if [ -z \"$words\" ] && [ \"${current#-}\" != \"$current\" ]; then\n"
         "        case \"${COMP_WORDS[1]}\" in");
    for (const struct syndic_command *command = syndic_commands; command->name; command++) {
        printf("        %s) words='", command->name);
        for (const struct syndic_option *option = syndic_option_table; option->name; option++)
            if (option->commands & command->bit)
                printf("--%s ", option->name);
        puts("' ;;");
    }
    printf("        esac\n"
           "    elif [ -z \"$words\" ] && [ \"${COMP_WORDS[1]}\" = help ]; then\n"
           "        words='");
    print_commands();
    puts("'\n    fi\n"
         "    if [ -n \"$words\" ]; then\n"
         "        COMPREPLY=($(compgen -P \"$prefix\" -W \"$words\" -- \"$current\"))\n"
         "    else\n"
         "        COMPREPLY=($(compgen -P \"$prefix\" -f -- \"$current\"))\n"
         "    fi\n}\ncomplete -o filenames -F _syndic syndic");
}

static void print_zsh_option(const struct syndic_option *option)
{
    printf(" \\\n            '--%s[", option->name);
    print_escaped(option->help ? option->help : "the same as the option before", ":");
    putchar(']');
    if (option->argument)
        printf(":%s:", option->name);
    if (option->argument && words_of(option)) {
        putchar('(');
        print_words(words_of(option), " ");
        putchar(')');
    } else if (option->kind == SYNDIC_OPTION_FILE) {
        fputs("_files", stdout);
    }
    putchar('\'');
}

static void print_zsh(void)
{
    puts("#compdef syndic\n_syndic() {\n    if (( CURRENT == 2 )); then\n"
         "        local -a commands=(");
    for (const struct syndic_command *command = syndic_commands; command->name; command++) {
        char spec[256];
        snprintf(spec, sizeof(spec), "%s:%s", command->name, command->summary);
        printf("            ");
        print_quoted(spec);
        putchar('\n');
    }
    puts("        )\n        _describe command commands\n        return\n    fi\n"
         "    local command=$words[2]\n    shift words\n    (( CURRENT-- ))\n    case $command in");
    for (const struct syndic_command *command = syndic_commands; command->name; command++) {
        printf("    %s)\n        _arguments", command->name);
        for (const struct syndic_option *option = syndic_option_table; option->name; option++)
            if (option->commands & command->bit)
                print_zsh_option(option);
        if (command->bit == SYNDIC_FOR_HELP) {
            fputs(" \\\n            '1:command:(", stdout);
            print_commands();
            puts(")' ;;");
        } else {
            puts(command->bit & (SYNDIC_FOR_READING | SYNDIC_FOR_INSPECT)
                     ? " \\\n            '*:input:_files' ;;"
                     : " ;;");
        }
    }
    puts("    esac\n}\n_syndic \"$@\"");
}

static void print_fish_option(const struct syndic_command *command,
                              const struct syndic_option *option)
{
    printf("complete -c syndic -n '__fish_seen_subcommand_from %s' -l %s", command->name,
           option->name);
    if (option->letter)
        printf(" -s %c", option->letter);
    if (option->argument)
        fputs(option->kind == SYNDIC_OPTION_FILE ? " -r" : " -x", stdout);
    if (words_of(option)) {
        printf(" -a '");
        print_words(words_of(option), " ");
        putchar('\'');
    }
    if (option->help) {
        printf(" -d ");
        print_quoted(option->help);
    }
    putchar('\n');
}

static void print_fish(void)
{
    puts("# fish completion for syndic");
    for (const struct syndic_command *command = syndic_commands; command->name; command++) {
        printf("complete -c syndic -n __fish_use_subcommand -f -a %s -d ", command->name);
        print_quoted(command->summary);
        putchar('\n');
        for (const struct syndic_option *option = syndic_option_table; option->name; option++)
            if (option->commands & command->bit)
                print_fish_option(command, option);
    }
    fputs("complete -c syndic -n '__fish_seen_subcommand_from help' -f -a '", stdout);
    print_commands();
    puts("'");
}

void syndic_print_completions(enum syndic_cli_shell shell)
{
    if (shell == SYNDIC_CLI_SHELL_BASH)
        print_bash();
    else if (shell == SYNDIC_CLI_SHELL_ZSH)
        print_zsh();
    else
        print_fish();
}
