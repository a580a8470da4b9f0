using System.Text.Json;

namespace Attune.Text;

/// <summary>What a chat template is given besides the messages.</summary>
public sealed record ChatTemplateArguments
{
    /// <summary>Whether the text ends with what opens an assistant's turn.</summary>
    public bool AddGenerationPrompt { get; init; }

    /// <summary>Whether the text stops after the last message's content, for the model to go on with it; excludes <see cref="AddGenerationPrompt"/>.</summary>
    public bool ContinueFinalMessage { get; init; }

    /// <summary>The special tokens by variable name (<c>bos_token</c>, <c>eos_token</c>, …), laid over those that the template's folder names.</summary>
    public IReadOnlyDictionary<string, string>? SpecialTokens { get; init; }

    /// <summary>The tools, an array of JSON schemas, or null where there are none.</summary>
    public JsonElement? Tools { get; init; }

    /// <summary>The documents to answer from, an array of objects, or null where there are none.</summary>
    public JsonElement? Documents { get; init; }

    /// <summary>Further variables (<c>enable_thinking</c>, …), as Hugging Face's <c>chat_template_kwargs</c>; they win over special tokens.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Variables { get; init; }

    /// <summary>Tells <c>strftime_now</c> the local time; null: the system's clock.</summary>
    public TimeProvider? Clock { get; init; }
}
