import type { LanguageTexts } from './labels.ts';

export const ja: LanguageTexts = {
  setOwner: {
    actionName: 'Eメールで担当者を設定',
    actionDescription: 'このEメールアドレスを持つ担当者を検索し、登録されたレコードの担当者として設定します。',
    actionCardContent: '担当者を{{ownerEmail}}に設定',
  },
  findOwner: {
    actionName: 'Eメールで担当者を検索',
    actionDescription:
      'このEメールアドレスを持つ担当者を検索し、ID、名前、チームを後続のアクションに渡します。レコードは変更されません。',
    actionCardContent: '担当者{{ownerEmail}}を検索',
  },
  inputFieldLabels: {
    ownerEmail: '担当者のEメールアドレス',
    ownerProperty: '担当者プロパティー',
    overwrite: 'レコードに担当者がすでに設定されている場合',
    ifNotAssignable: 'Eメールアドレスから割り当て可能な担当者が見つからない場合',
    fallbackOwner: '代わりの担当者',
  },
  inputFieldDescriptions: {
    ownerEmail:
      '固定のアドレス、レコードのプロパティー、または前のアクションの出力を指定します。指定できるEメールアドレスは1つだけです。担当者IDやユーザーIDは使用できません。',
    ownerProperty: '設定するプロパティーです。空白の場合は、標準のプロパティーhubspot_owner_idが設定されます。',
    overwrite: '既存の担当者を置き換えるかどうかを指定します。空白の場合は、常に置き換えられます。',
    ifNotAssignable:
      'Eメールアドレスがない、有効でない、または割り当て可能なユーザーのものでない場合の動作を指定します。空白の場合、アクションは失敗し、レコードは変更されません。',
    fallbackOwner:
      'Eメールアドレスから割り当て可能な担当者が見つからない場合に、担当者になるユーザーです。有効なユーザーを選択してください。',
  },
  inputFieldOptionLabels: {
    overwrite: {
      ALWAYS: '常に担当者を置き換える',
      IF_UNASSIGNED: '担当者を維持する',
      IF_OWNER_INACTIVE: '担当者が無効化されている場合のみ置き換える',
    },
    ifNotAssignable: {
      FAIL: 'アクションを失敗とする',
      FALLBACK: '代わりの担当者を割り当てる',
      CLEAR: '担当者をクリアする',
      LEAVE: '失敗とせずに担当者をそのままにする',
    },
  },
  outputFieldLabels: {
    outcome: '結果',
    reason: '理由',
    ownerId: '担当者ID',
    ownerEmail: '担当者のEメールアドレス',
    ownerName: '担当者の名前',
    userId: 'ユーザーID',
    primaryTeamId: 'メインチームのID',
    primaryTeamName: 'メインチームの名前',
    previousOwnerId: '以前の担当者ID',
    previousOwnerName: '以前の担当者の名前',
    substitutedFor: '代理の対象',
    substitutedForName: '代理の対象(名前)',
    matchedBy: 'Eメールの一致方法',
    matchedEmail: '一致したEメール',
    resolvedFrom: '担当者データの取得元',
    ownerDataAgeSeconds: '担当者データの経過秒数',
    errorCode: 'エラーコード',
    errorMessage: 'エラーメッセージ',
    errorDetails: 'エラーの詳細',
  },
  outcomes: {
    FALLBACK_ASSIGNED:
      'Eメールアドレスに一致する有効な担当者がいないため、代わりの担当者{{ ownerEmail }}を割り当てました。',
    CLEARED: 'Eメールアドレスに一致する有効な担当者がいないため、担当者をクリアしました。',
    LEFT_UNCHANGED: 'Eメールアドレスに一致する有効な担当者がいないため、担当者を変更しませんでした。',
    ASSIGNED: '{{ ownerEmail }}を担当者に設定しました。',
    ALREADY_ASSIGNED: '{{ ownerEmail }}はすでに担当者です。変更の必要はありませんでした。',
    KEPT_EXISTING: '担当者{{ ownerEmail }}を維持しました。このアクションは既存の担当者を維持する設定です。',
    FOUND: '担当者{{ ownerEmail }}が見つかりました(担当者ID {{ ownerId }})。',
    KEPT_CHANGED_SINCE: 'このレコードの登録後に担当者が変更されたため、新しい担当者を維持しました。',
  },
  additions: {
    replaced: '以前の担当者: {{ previousOwnerName }}。',
    successor: '無効化された{{ substitutedForName }}の代理です。',
    formerEmail: '以前のアドレス{{ matchedEmail }}で見つかりました。',
  },
  errors: {
    EMAIL_MISSING: {
      happened: 'Eメールアドレスが指定されていません。',
      advice: 'このアクションが参照するプロパティーに値を入力するか、別のプロパティーを選択してください。',
    },
    EMAIL_INVALID: {
      happened: '「{{ ownerEmail }}」は有効なEメールアドレスではありません。',
      advice: '値を修正してください。',
    },
    OWNER_NOT_FOUND: {
      happened:
        'このHubSpotアカウントには、有効・無効を問わず、Eメールアドレス{{ ownerEmail }}を持つ担当者がいません。',
      advice: 'つづりを確認するか、この人をユーザーとして追加してください。',
    },
    OWNER_DEACTIVATED: {
      happened: '{{ ownerEmail }}は無効化されたユーザーのものです。無効化されたユーザーは担当者にできません。',
      advice: '有効なユーザーのEメールアドレスを使用するか、このユーザーを再び有効化してください。',
    },
    OWNER_AMBIGUOUS: {
      happened: '複数の有効な担当者がEメールアドレス{{ ownerEmail }}を共有しているため、担当者を選択できませんでした。',
      advice: 'このEメールアドレスを持つ有効なユーザーを1人だけにしてください。',
    },
    OWNER_IS_QUEUE: {
      happened: '{{ ownerEmail }}は個人ではなくキューのものです。',
      advice: '個人のEメールアドレスを使用してください。',
    },
    VALUE_IS_OWNER_ID: {
      happened: '{{ ownerEmail }}はEメールアドレスではなく担当者IDです。',
      advice: '担当者のEメールアドレスが入っているプロパティーを選択してください。',
    },
    VALUE_IS_USER_ID: {
      happened: '{{ ownerEmail }}はEメールアドレスではなくユーザーIDです。',
      advice: '担当者のEメールアドレスが入っているプロパティーを選択してください。',
    },
    FALLBACK_OWNER_INVALID: {
      happened:
        '代わりの担当者が指定されていないか、無効化されているか、このHubSpotアカウントのユーザーではありません。',
      advice: 'ワークフローでこのアクションを開き、代わりの担当者として有効なユーザーを選択してください。',
    },
    INPUT_INVALID: {
      happened: 'このアクションの項目に、使用できない値が設定されています。',
      advice: 'ワークフローでこのアクションを開き、値を選択し直してください。',
    },
    RECORD_MISSING: {
      happened: 'このワークフローには、担当者を設定できるレコードがありません。',
      advice: 'レコードを登録するワークフローでこのアクションを使用してください。',
    },
    RECORD_NOT_FOUND: {
      happened: 'レコードが存在しません。削除されたか、別のレコードにマージされました。',
      advice: 'マージされた場合は、残ったレコードをワークフローに登録してください。',
    },
    RECORD_TYPE_UNSUPPORTED: {
      happened: 'この種類のレコードには担当者を設定できません。',
      advice: '別の種類のレコードのワークフローでこのアクションを使用してください。',
    },
    PROPERTY_NOT_FOUND: {
      happened:
        '選択したプロパティーは、この種類のレコードに存在しないか、設定できる担当者プロパティーではありません。',
      advice: 'このアクションで、プロパティーを選択し直してください。',
    },
    PROPERTY_HOLDS_SEVERAL: {
      happened: '選択した担当者プロパティーには複数の人が入るため、変更しませんでした。',
      advice: '1人だけが入るプロパティーを選択してください。',
    },
    RECORD_VALIDATION_FAILED: {
      happened: 'このHubSpotアカウントの検証ルールによって変更が拒否されたため、レコードは変更されませんでした。',
      advice: 'レコードを修正するかルールを変更してから、レコードを再登録してください。',
    },
    INVALID_OWNER_ID: {
      happened: '直前に見つかった担当者がHubSpotに拒否されたため、レコードは変更されませんでした。',
      advice:
        'ユーザーが現在も有効で、この種類のレコードへのアクセス権があることを確認してから、レコードを再登録してください。',
    },
    MISSING_SCOPES: {
      happened: 'このHubSpotアカウントで、アプリに必要な権限がありません。',
      advice: 'スーパー管理者に、アプリの再インストールと権限の承認を依頼してください。',
    },
    PORTAL_NOT_CONNECTED: {
      happened: 'アプリがこのHubSpotアカウントに接続されていません。',
      advice: 'スーパー管理者にインストールを依頼してください。サンドボックスには個別のインストールが必要です。',
    },
    EXPIRED_IN_QUEUE: {
      happened: 'このアクションはキューでの待機時間が長すぎたため、レコードは変更されませんでした。',
      advice: 'レコードをワークフローに再登録してください。',
    },
  },
  details: '詳細: {{ errorDetails }}',
  cause: '原因(英語): {{ errorMessage }}',
};
