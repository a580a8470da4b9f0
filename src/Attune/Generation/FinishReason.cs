namespace Attune.Generation;

/// <summary>Why a sequence ended.</summary>
public enum FinishReason
{
    /// <summary>The model wrote an end token.</summary>
    EndToken,

    /// <summary>A token completed one of the stop strings.</summary>
    StopString,

    /// <summary>As many tokens as were asked for, or as the model has places for.</summary>
    Length,
}
