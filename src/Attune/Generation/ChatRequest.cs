using System.Text.Json;
using Attune.Formats;
using Attune.Tuning;
using Microsoft.Extensions.AI;
using TemplateMessage = Attune.Text.ChatMessage;

namespace Attune.Generation;

/// <summary>A request of Microsoft.Extensions.AI in Attune's own terms. What cannot be honoured is refused.</summary>
internal static class ChatRequest
{
    /// <summary>The conversation, the options' instructions first.</summary>
    public static IReadOnlyList<TemplateMessage> Messages(IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        ArgumentNullException.ThrowIfNull(messages);
        List<TemplateMessage> read = [.. messages.Select(Message)];
        if (!string.IsNullOrEmpty(options?.Instructions))
        {
            // Templates know one system message, at the beginning.
            if (read.Count > 0 && read[0].Role == "system")
            {
                read[0] = new TemplateMessage("system", options.Instructions + "\n\n" + read[0].Content);
            }
            else
            {
                read.Insert(0, new TemplateMessage("system", options.Instructions));
            }
        }

        return read.Count > 0 ? read : throw Refuse("the conversation has no messages", "send at least one");
    }

    /// <summary>How to generate.</summary>
    public static GenerationOptions Options(ChatOptions? options, GenerationOptions defaults, string modelId, AdapterSet? adapters)
    {
        if (options is null)
        {
            return defaults;
        }

        Refuse(options);
        var read = Additional(options.AdditionalProperties, defaults) with
        {
            Adapter = Adapter(options.ModelId, modelId, adapters) ?? defaults.Adapter,
            Seed = options.Seed ?? defaults.Seed,
        };
        bool sampling = options.Temperature is not null || options.TopP is not null || options.TopK is not null;
        read = read with
        {
            MaxNewTokens = options.MaxOutputTokens ?? read.MaxNewTokens,

            // A temperature of 0 is how this interface asks for the most likely token.
            DoSample = options.Temperature == 0 ? false : sampling || read.DoSample,
            Temperature = options.Temperature is null or 0 ? read.Temperature : options.Temperature.Value,
            TopP = options.TopP ?? read.TopP,
            TopK = options.TopK ?? read.TopK,
            FrequencyPenalty = options.FrequencyPenalty ?? read.FrequencyPenalty,
            PresencePenalty = options.PresencePenalty ?? read.PresencePenalty,
            StopStrings = options.StopSequences is { Count: > 0 } stops ? [.. read.StopStrings, .. stops] : read.StopStrings,
        };
        read.Check();
        return read.NumReturnSequences == 1 ? read : throw Refuse($"a reply is one sequence (num_return_sequences is {read.NumReturnSequences})", "ask several times");
    }

    private static TemplateMessage Message(ChatMessage message)
    {
        var refused = message.Contents.FirstOrDefault(content => content is not (TextContent or TextReasoningContent or UsageContent));
        if (refused is not null)
        {
            throw Refuse($"a message has content of the kind {refused.GetType().Name}", "this model reads text only");
        }

        var read = new TemplateMessage(message.Role.Value, string.Concat(message.Contents.OfType<TextContent>().Select(content => content.Text)));
        string reasoning = string.Concat(message.Contents.OfType<TextReasoningContent>().Select(content => content.Text));
        read = reasoning.Length > 0 ? read.With("reasoning_content", reasoning) : read;
        return message.AuthorName is null ? read : read.With("name", message.AuthorName);
    }

    // The model id chooses the adapter, as with other servers of many adapters on one base.
    private static string? Adapter(string? wanted, string modelId, AdapterSet? adapters) => wanted is null || wanted == modelId ? null
        : adapters?.Names.Contains(wanted) is true ? wanted
        : throw Refuse($"there is no model \"{wanted}\"", $"there are {string.Join(", ", (adapters?.Names ?? []).Order(StringComparer.Ordinal).Prepend(modelId))}");

    private static GenerationOptions Additional(AdditionalPropertiesDictionary? properties, GenerationOptions defaults)
    {
        if (properties is not { Count: > 0 })
        {
            return defaults;
        }

        foreach (string name in properties.Keys)
        {
            if (!GenerationConfigReader.Names.Contains(name))
            {
                throw Refuse($"AdditionalProperties has \"{name}\", which is no setting of generation", NearestName.Hint(name, GenerationConfigReader.Names));
            }
        }

        byte[] json = JsonSerializer.SerializeToUtf8Bytes(properties.ToDictionary(pair => pair.Key, pair => pair.Value));
        return GenerationConfigReader.Read(HuggingFaceConfig.ParseAny(json, "AdditionalProperties"), defaults);
    }

    private static void Refuse(ChatOptions options)
    {
        RefuseIf(options.ConversationId is not null, "ConversationId", "conversations are not kept here: send all messages");
        RefuseIf(options.Tools is { Count: > 0 } && options.ToolMode is not NoneChatToolMode, "Tools", "leave them out: what this model writes is text");
        RefuseIf(options.ToolMode is RequiredChatToolMode, "ToolMode", "leave it out: what this model writes is text");
        RefuseIf(options.ResponseFormat is not (null or ChatResponseFormatText), "ResponseFormat", "ask for the form in words");
        RefuseIf(options.Reasoning is not null, "Reasoning", "leave it out: how much a model reasons is its template's and its training's");
        RefuseIf(options.AllowBackgroundResponses is true, "AllowBackgroundResponses", "await the response or stream it");
        RefuseIf(options.ContinuationToken is not null, "ContinuationToken", "ask anew");
        RefuseIf(options.RawRepresentationFactory is not null, "RawRepresentationFactory", "use the other options");
    }

    private static void RefuseIf(bool given, string name, string cure)
    {
        if (given)
        {
            throw Refuse($"the option {name} is not supported", cure);
        }
    }

    private static AttuneException Refuse(string problem, string cure) => new(ExitCode.Usage, null, problem, cure);
}
