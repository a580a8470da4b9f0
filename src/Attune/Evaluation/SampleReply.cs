namespace Attune.Evaluation;

/// <summary>What was said in a conversation.</summary>
/// <param name="Role">Who speaks.</param>
/// <param name="Text">What is said.</param>
public sealed record SampleMessage(string Role, string Text);

/// <summary>The last reply of a held-out conversation, as it is in the data and as the model gives it before and after the training.</summary>
public sealed record SampleReply
{
    /// <summary>The conversation up to the reply.</summary>
    public required IReadOnlyList<SampleMessage> Prompt { get; init; }

    /// <summary>The reply in the data.</summary>
    public required string Reference { get; init; }

    /// <summary>The model's before the training.</summary>
    public required string Before { get; init; }

    /// <summary>The model's after it.</summary>
    public required string After { get; init; }
}
