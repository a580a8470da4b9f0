using System.Text.RegularExpressions;

namespace Attune.Data;

/// <summary>Who speaks, under the names that data sets have for it, as templates call them.</summary>
internal static partial class RoleNames
{
    /// <summary>What a message is that calls functions and says nothing else (ShareGPT).</summary>
    public const string Call = "function_call";

    private static readonly Dictionary<string, string> Roles = new()
    {
        ["system"] = "system", ["developer"] = "developer", ["user"] = "user", ["assistant"] = "assistant", ["tool"] = "tool",
        ["human"] = "user", ["prompter"] = "user",
        ["gpt"] = "assistant", ["chatgpt"] = "assistant", ["bing"] = "assistant", ["bard"] = "assistant", ["model"] = "assistant", ["bot"] = "assistant",
        ["ai"] = "assistant", ["chatbot"] = "assistant", ["claude"] = "assistant", ["gemini"] = "assistant",
        ["observation"] = "tool", ["function"] = "tool", ["function_response"] = "tool", ["function_result"] = "tool", ["function_output"] = "tool",
        ["tool_response"] = "tool", ["tool_result"] = "tool", ["tool_output"] = "tool", ["ipython"] = "tool",
        [Call] = Call, ["functioncall"] = Call, ["tool_call"] = Call, ["tool_calls"] = Call,
    };

    /// <summary>The roles that there are.</summary>
    public static IReadOnlyCollection<string> Known { get; } = [.. Roles.Values.Distinct()];

    /// <summary>The role of that name, whatever its case and whether its words are joined by a blank, a line or a hyphen; null where it is none.</summary>
    public static string? Find(string name) => Roles.GetValueOrDefault(name) ?? Roles.GetValueOrDefault(Joints().Replace(name.Trim().ToLowerInvariant(), "_"));

    [GeneratedRegex("[ -]+")]
    private static partial Regex Joints();
}
